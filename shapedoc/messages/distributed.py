"""DDP, FSDP, DTensor and collectives: ranks that disagree, and what only repeats that another rank failed.

>>> from shapedoc.messages import explain_text
>>> text = ("RuntimeError: DDP expects same model across all ranks, but Rank 0 has 4 params, "
...         "while rank 1 has inconsistent 2 params.")
>>> print(*explain_text(text).causes)
SD112 rank 0 has 4 parameters, rank 1 has 2
>>> explain_text("RuntimeError: [../tcp/pair.cc:534] Connection closed by peer [10.0.0.2]:4513. "
...              "This is typically caused by a remote worker crashing.").causes
()
"""

from __future__ import annotations

from shapedoc.messages._fault import Fault, Reading, Role, Seen


def collectives(seen: Seen) -> Reading | None:
    """Whether the ranks run another operation or the same on other shapes."""
    first, second = seen.fields.get("op"), seen.fields.get("op2")
    if first == second:
        return None
    return Reading(
        (
            f"rank {seen.fields.get('i')} runs {first}, rank {seen.fields.get('j')} runs {second}: not the "
            f"same call"
        ),
        fixes=("let every rank take the same branch before the call",),
    )


FAULTS = (
    Fault(
        "SD112",
        "rank {i} has {a} parameters, rank {j} has {b}",
        (
            (
                "DDP expects same model across all ranks, but Rank {i} has {a} params, while rank {j} has "
                "inconsistent {b} params"
            ),
        ),
        compare="a b",
        fixes=("build the same model on every rank: nothing in its construction may depend on rank or data",),
    ),
    Fault(
        "SD112",
        "parameter {i} is {s} on rank {rank}, and another shape on rank 0",
        (
            (
                "[{rank}]: params[{i}] in this process with sizes {s:shape} appears not to match sizes of "
                "the same param in process {:}"
            ),
            "params[{i}] in this process with sizes {s:shape} appears not to match",
        ),
        fixes=("build the same model on every rank: nothing in its construction may depend on rank or data",),
        untold="its shape on rank 0",
    ),
    Fault(
        "SD107",
        "rank {i} runs {op} on {s}, rank {j} {op2} on {t}",
        (
            (
                "Rank {i} is running collective: CollectiveFingerPrint(SequenceNumber={:}, OpType={op:word}, "
                "TensorShape={s:shape}, {:text}but Rank {j} is running collective: "
                "CollectiveFingerPrint(SequenceNumber={:}, OpType={op2:word}, TensorShape={t:shape}"
            ),
            (
                "Rank {i} is running collective: CollectiveFingerPrint({:text}OpType={op:word}, "
                "TensorShape={s:shape},{:text} but Rank {j} is running collective: "
                "CollectiveFingerPrint({:text}OpType={op2:word}, TensorShape={t:shape}"
            ),
        ),
        decode=(collectives,),
        fixes=(
            "give every rank the same shape: DataLoader(…, drop_last=True), or pad the last batch",
            "gather the sizes first and pad to the largest",
        ),
    ),
    Fault(
        "SD110",
        "dim {i} of {a} does not divide among {b} ranks of mesh dim {m}",
        (
            (
                "Cannot unflatten unevenly sharded tensor: output dimension {i} (size {a}) is not evenly "
                "divisible by mesh dimension {m} (size {b})"
            ),
            (
                "Cannot flatten unevenly sharded tensor: dimension {i} (size {a}) is not evenly divisible by "
                "mesh dimension {m} (size {b})"
            ),
            (
                "Cannot shard unevenly distributed tensor: dimension {i} (size {a}) is not evenly divisible "
                "by mesh dimension {m} (size {b})"
            ),
            "dimension {i} (size {a}) is not evenly divisible by mesh dimension {m} (size {b})",
        ),
        compare="b a",
        fixes=(
            "redistribute before the view: x.redistribute(placements=[Replicate()])",
            "choose heads or features that the mesh divides",
        ),
    ),
    Fault(
        "SD110",
        "a global dim of {a} does not divide among {b} ranks",
        ("Global dim {a} not divisible by mesh size {b}",),
        compare="b a",
        fixes=("choose a mesh that divides it, or pad it",),
    ),
    Fault(
        "SD107",
        "{a} tensors are given for {b} ranks",
        (
            "must match number of collective participants but got {a} inputs with world_size {b}",
            (
                "Tensor list input to scatter/gather must match number of collective participants but got "
                "{a} inputs"
            ),
        ),
        fixes=("give one tensor for each rank",),
    ),
    Fault(
        "SD107",
        "input and output of a collective do not fit",
        (
            "output tensor size must be equal to world_size times input tensor size",
            "input tensor must be the same size as output size times world size",
            "All tensor operands to scatter/gather must have the same number of elements",
            "All tensor operands to scatter/gather must have the same size",
        ),
        fixes=(
            "make the output world_size times the input: torch.empty(world_size * x.shape[0], *x.shape[1:])",
            "pad what the ranks send to one size",
        ),
        untold="both shapes",
    ),
    Fault(
        "",
        "this rank lost its peer {ip}: the fault is in that rank's log",
        (
            "Connection closed by peer [{ip:word}]:{:}. This is typically caused by a remote worker crashing",
            "Connection closed by peer [{ip:word}",
            "Read error [{ip:word}]:{:}: Connection reset by peer",
        ),
        role=Role.ECHO,
    ),
    Fault(
        "",
        "this rank waited for another that had failed: the fault is in that one's log",
        (
            "Connection closed by peer",
            "Connection reset by peer",
            "This is typically caused by a remote worker",
            "remote process has terminated or a network error",
        ),
        role=Role.ECHO,
    ),
    Fault(
        "",
        "the launcher's table names rank {rank} as the root cause; it goes by time of death",
        ("Root Cause (first observed failure)",),
        around=("rank : {rank} (local_rank",),
        role=Role.ECHO,
    ),
)
