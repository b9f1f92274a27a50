"""Output of healthy runs, and of runs that died of something else: nothing in it is a fault of shapes."""

from __future__ import annotations

import random
from collections.abc import Iterator

LINES = """\
Epoch {n}:  {p}%|{bar}| {n}/{m} [{t}<{t}, {f}it/s, loss={f}, v_num={n}]
{{'loss': {f}, 'grad_norm': {f}, 'learning_rate': {e}, 'epoch': {f}}}
[{d} {t},{n}] [INFO] [logging.py:128:log_dist] [Rank 0] step={n}, skipped=0, lr=[{e}], mom=[(0.9, 0.95)]
INFO 07-31 {t} [loggers.py:116] Engine 000: Avg prompt throughput: {f} tokens/s, Running: {n} reqs, Waiting: 0 reqs
INFO 07-31 {t} [gpu_model_runner.py:1276] Model loading took {f} GiB memory and {f} seconds
(EngineCore_0 pid={n}) INFO 07-31 {t} [kv_cache_utils.py:849] Maximum concurrency for 32,768 tokens per request: {f}x
{d} {t},{n} - trainer - INFO - step {n} | loss {f} | ppl {f} | batch size {m} | seq_len 2048 | {n} tok/s
{d} {t}.{n} | INFO     | train:main:212 - Validation Error: {f}, Mean Absolute Error: {f}
[rank{r}]:[W{t}.{n} ProcessGroupNCCL.cpp:1262] Warning: WARNING: process group has NOT been destroyed before we exit
W1121 {t}.{n} {n} torch/distributed/run.py:792] Setting OMP_NUM_THREADS environment variable for each process to be 1
node-{r}:{n}:{n} [0] NCCL INFO Channel {r}/{m} : 0[0] -> 1[1] via P2P/CUMEM
Test set: Average loss: {f}, Accuracy: {n}/10000 ({p}%)
top-1 error: {f}  top-5 error: {f}  images/s: {n}
val/mAP {f}  val/recall {f}  early stopping counter: {r} out of 10
wandb: Run history: train/loss {bar}
Saving model checkpoint to outputs/checkpoint-{n}
Configuration saved in outputs/checkpoint-{n}/config.json
  "hidden_size": {m},
  "num_attention_heads": {r},
  "num_key_value_heads": 8,
  "image_size": 224,
x: torch.Size([{r}, 3, 224, 224]) y: torch.Size([{r}])
input shape: (32, 3, {m}, {m}), output shape: (32, 1000)
Linear-{n}                 [-1, {m}]        {n}
Conv2d-{n}           [-1, 64, {m}, {m}]           {n}
├─Sequential: 1-{r}                        [1, 512, 7, 7]            --
Total params: {n},{n},{n}
The dimensions of the feature map are {m}x{m} with {r} channels
Loaded {n} samples, {m} classes, mean sequence length {f}, max {n}
Some weights of BertForSequenceClassification were not initialized from the model checkpoint at bert-base-uncased
You should probably TRAIN this model on a down-stream task to be able to use it for predictions and inference.
/usr/lib/python3/site-packages/torch/optim/lr_scheduler.py:136: UserWarning: Detected call of `lr_scheduler.step()`
/home/me/train.py:{n}: FutureWarning: `torch.cuda.amp.autocast(args...)` is deprecated.
Expected completion in {t}; matching {n} of {m} keys; indexing dataset {r}/{m}
multi-GPU training on {r} devices, gradient accumulation {r}, broadcast parameters from rank 0
RuntimeError: CUDA out of memory. Tried to allocate {n}.00 MiB (GPU 0; {f} GiB total capacity; {f} GiB already allocated)
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate {f} GiB. GPU 0 has a total capacity of {f} GiB
RuntimeError: expected scalar type Half but found Float
RuntimeError: mat1 and mat2 must have the same dtype, but got Float and BFloat16
RuntimeError: expected m1 and m2 to have the same dtype, but got: float != c10::Half
RuntimeError: Expected all tensors to be on the same device, but found at least two devices, cuda:{r} and cpu!
RuntimeError: Input type (torch.cuda.FloatTensor) and weight type (torch.FloatTensor) should be the same
ValueError: numpy.dtype size changed, may indicate binary incompatibility. Expected 96 from C header, got 88 from PyObject
RuntimeError: Function 'LogSoftmaxBackward0' returned nan values in its 0th output.
RuntimeError: DataLoader worker (pid {n}) is killed by signal: Killed.
RuntimeError: Expected to have finished reduction in the prior iteration before starting a new one.
RuntimeError: one of the variables needed for gradient computation has been modified by an inplace operation: \
[torch.cuda.FloatTensor [{m}, {m}]], which is output 0 of AsStridedBackward0, is at version 3; expected version 2 instead.
TypeError: forward() takes {r} positional arguments but {n} were given
TypeError: __init__() got an unexpected keyword argument 'num_heads'
KeyError: 'pixel_values'
FileNotFoundError: [Errno 2] No such file or directory: 'data/train_{n}.h5'
AttributeError: 'NoneType' object has no attribute 'shape'
ValueError: could not convert string to float: 'nan,{n}'
ValueError: Tokenizer class LlamaTokenizer does not exist or is not currently imported.
json.decoder.JSONDecodeError: Expecting value: line {n} column {r} (char {n})
torch.cuda.CudaError: no kernel image is available for execution on the device (209)
tests/test_net.py::test_mat1_and_mat2_shapes_cannot_be_multiplied PASSED                        [ {p}%]
tests/test_net.py::test_raises[The size of tensor a (3) must match the size of tensor b (4) at non-singleton dimension 1] PASSED
        raise ValueError("only one dimension can be inferred")
        assert embed_dim % num_heads == 0, "embed_dim must be divisible by num_heads"
            f"Expected input batch_size ({{input.size(0)}}) to match target batch_size ({{target.size(0)}})."
    with pytest.raises(RuntimeError, match="shape '[4, 2]' is invalid for input of size 6"):
""".replace("\\\n", "").splitlines()


def line(source: random.Random) -> str:
    """One line with fresh numbers."""
    return source.choice(LINES).format(
        n=source.randint(2, 99999),
        m=source.choice((8, 32, 64, 128, 256, 1024, 4096)),
        r=source.randint(1, 8),
        p=source.randint(1, 100),
        f=round(source.random() * 10, source.randint(1, 6)),
        e=f"{source.random():.2e}",
        t=f"{source.randint(0, 23):02}:{source.randint(0, 59):02}:{source.randint(0, 59):02}",
        d=f"2026-11-{source.randint(1, 28):02}",
        bar="█" * source.randint(0, 10),
    )


def lines(count: int, seed: int = 0) -> Iterator[str]:
    """So many lines, the same for the same seed."""
    source = random.Random(seed)
    return (line(source) for _ in range(count))
