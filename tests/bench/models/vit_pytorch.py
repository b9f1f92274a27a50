"""Every model that vit-pytorch's README constructs, with the README's arguments and inputs.

>>> entry = next(entry for entry in ENTRIES if entry.name == "ViT")
>>> entry.inputs()[0][0].shape
torch.Size([1, 3, 256, 256])

Source: https://github.com/lucidrains/vit-pytorch, README of release 1.26. The teacher of the distillation
example is timm's resnet50, which is torchvision's; the Nystromformer example wants nystrom-attention.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from torch import nn

from . import Entry, Inputs
from . import _vit_options as o
from ._inputs import call, constant, ids, normal, several, uniform
from ._torchvision import importable

with importable():
    import timm
    import vit_pytorch as vit
    from vit_pytorch import (
        ats_vit,
        cait,
        cct,
        cct_3d,
        cross_vit,
        crossformer,
        cvt,
        deepvit,
        distill,
        efficient,
        es_vit,
        extractor,
        jet_vit,
        learnable_memory_vit,
        levit,
        max_vit,
        mobile_vit,
        mp3,
        mpp,
        na_vit,
        na_vit_nested_tensor,
        nest,
        parallel_vit,
        pit,
        recorder,
        regionvit,
        scalable_vit,
        sep_vit,
        simmim,
        simple_vit_3d,
        t2t,
        twins_svt,
        vit_3d,
        vit_5,
        vit_for_small_dataset,
        vit_with_patch_merger,
        vivit,
        xcit,
    )
    from x_transformers import Encoder

IMAGE = call(normal(1, 3, 256, 256))
SMALL_IMAGE = call(normal(1, 3, 224, 224))
FOUR_IMAGES = call(normal(4, 3, 256, 256))
EIGHT_IMAGES = call(normal(8, 3, 256, 256))
VIDEO = call(normal(4, 3, 16, 128, 128))
SIDES = ((256, 256), (128, 128), (128, 256), (256, 128), (64, 256))
PHOTOS = [normal(3, *side) for side in SIDES]


def _distiller() -> nn.Module:
    student = distill.DistillableViT(**{**o.COARSE, "heads": 8})
    return distill.DistillWrapper(
        student=student, teacher=timm.create_model("resnet50"), temperature=3, alpha=0.5, hard=False
    )


def _nystromformer() -> nn.Module:
    from nystrom_attention import Nystromformer

    transformer = Nystromformer(dim=512, depth=12, heads=8, num_landmarks=256)
    return efficient.ViT(dim=512, image_size=2048, patch_size=32, num_classes=1000, transformer=transformer)


def _xtransformer() -> nn.Module:
    transformer = Encoder(dim=512, depth=12, heads=8, ff_glu=True, residual_attn=True)
    return efficient.ViT(dim=512, image_size=224, patch_size=16, num_classes=1000, transformer=transformer)


def _adapter(num_classes: int, num_memories: int) -> nn.Module:
    base = learnable_memory_vit.ViT(**o.FINE)
    return learnable_memory_vit.Adapter(
        vit=base, num_classes=num_classes, num_memories_per_layer=num_memories
    )


def _jet(*layers: Any) -> nn.Module:
    return jet_vit.JetViT(**o.JET, attn_layers=list(layers))


MODELS: dict[str, tuple[Callable[[], nn.Module], Callable[[], Inputs]]] = {
    "ViT": (lambda: vit.ViT(**o.COARSE), IMAGE),
    "ViT-oblong-input": (lambda: vit.ViT(**o.COARSE), call(normal(1, 3, 256, 128))),
    "ViT-oblong": (
        lambda: vit.ViT(**{**o.COARSE, "image_size": (256, 128), "patch_size": (32, 16)}),
        call(normal(1, 3, 256, 128)),
    ),
    "SimpleViT": (lambda: vit.SimpleViT(**o.SQUARE, patch_size=32, heads=16), IMAGE),
    "NaViT": (
        lambda: na_vit.NaViT(**o.COARSE, token_dropout_prob=0.1),
        call(several(several(*PHOTOS[:2]), several(*PHOTOS[2:4]), several(*PHOTOS[4:]))),
    ),
    "NaViT-grouped": (
        lambda: na_vit.NaViT(**o.COARSE, token_dropout_prob=0.1),
        call(several(*PHOTOS), group_images=constant(True), group_max_seq_len=constant(64)),
    ),
    "NaViT-nested-tensor": (
        lambda: na_vit_nested_tensor.NaViT(
            **{**o.COARSE, "dropout": 0.0, "emb_dropout": 0.0, "token_dropout_prob": 0.1}
        ),
        call(several(*PHOTOS)),
    ),
    "DistillableViT": (
        lambda: distill.DistillableViT(**{**o.COARSE, "heads": 8}),
        call(normal(2, 3, 256, 256)),
    ),
    "DistillWrapper": (_distiller, call(normal(2, 3, 256, 256), ids(1000, 2))),
    "DistillableViT-to_vit": (
        lambda: distill.DistillableViT(**o.COARSE).to_vit(),
        call(normal(2, 3, 256, 256)),
    ),
    "DeepViT": (lambda: deepvit.DeepViT(**o.COARSE), IMAGE),
    "CaiT": (lambda: cait.CaiT(**{**o.COARSE, "depth": 12}, cls_depth=2, layer_dropout=0.05), IMAGE),
    "T2TViT": (
        lambda: t2t.T2TViT(**o.T2T, t2t_layers=((7, 4), (3, 2), (3, 2))),
        SMALL_IMAGE,
    ),
    "CCT": (lambda: cct.CCT(**o.COMPACT, img_size=(224, 448), n_conv_layers=2), call(normal(1, 3, 224, 448))),
    "cct_14": (lambda: cct.cct_14(**o.CONV_STEM, **o.POOLING, img_size=224, n_conv_layers=1), SMALL_IMAGE),
    "CrossViT": (lambda: cross_vit.CrossViT(**o.SCALES), IMAGE),
    "PiT": (
        lambda: pit.PiT(**{**o.COARSE, "image_size": 224, "patch_size": 14, "dim": 256, "depth": (3, 3, 3)}),
        SMALL_IMAGE,
    ),
    "LeViT": (
        lambda: levit.LeViT(**o.LEVIT),
        SMALL_IMAGE,
    ),
    "CvT": (lambda: cvt.CvT(**o.CVT), SMALL_IMAGE),
    "TwinsSVT": (lambda: twins_svt.TwinsSVT(**o.TWINS), SMALL_IMAGE),
    "RegionViT": (
        lambda: regionvit.RegionViT(
            **o.FOUR_STAGES, window_size=7, tokenize_local_3_conv=False, use_peg=False
        ),
        SMALL_IMAGE,
    ),
    "CrossFormer": (
        lambda: crossformer.CrossFormer(
            **o.FOUR_STAGES, global_window_size=(8, 4, 2, 1), local_window_size=7
        ),
        SMALL_IMAGE,
    ),
    "ScalableViT": (
        lambda: scalable_vit.ScalableViT(**o.SCALABLE),
        IMAGE,
    ),
    "SepViT": (
        lambda: sep_vit.SepViT(**o.SEPARABLE),
        SMALL_IMAGE,
    ),
    "MaxViT": (
        lambda: max_vit.MaxViT(**o.MAXVIT),
        call(normal(2, 3, 224, 224)),
    ),
    "NesT": (
        lambda: nest.NesT(**o.NEST),
        SMALL_IMAGE,
    ),
    "MobileViT": (
        lambda: mobile_vit.MobileViT(**o.MOBILE),
        IMAGE,
    ),
    "XCiT": (
        lambda: xcit.XCiT(
            **{**o.COARSE, "depth": 12}, cls_depth=2, layer_dropout=0.05, local_patch_kernel_size=3
        ),
        IMAGE,
    ),
    "SimMIM": (lambda: simmim.SimMIM(encoder=vit.ViT(**o.ENCODER), masking_ratio=0.5), EIGHT_IMAGES),
    "MAE": (
        lambda: vit.MAE(encoder=vit.ViT(**o.ENCODER), masking_ratio=0.75, decoder_dim=512, decoder_depth=6),
        EIGHT_IMAGES,
    ),
    "MPP": (
        lambda: mpp.MPP(transformer=vit.ViT(**o.ENCODER, **o.DROPOUT), **o.MASKED_PATCHES),
        call(uniform(20, 3, 256, 256)),
    ),
    "MP3": (
        lambda: mp3.MP3(vit=mp3.ViT(**{**o.ENCODER, "patch_size": 8}, dropout=0.1), masking_ratio=0.75),
        EIGHT_IMAGES,
    ),
    "ATS-ViT": (
        lambda: ats_vit.ViT(**{**o.FINE, "heads": 16}, max_tokens_per_depth=(256, 128, 64, 32, 16, 8)),
        FOUR_IMAGES,
    ),
    "ATS-ViT-token-ids": (
        lambda: ats_vit.ViT(**{**o.FINE, "heads": 16}, max_tokens_per_depth=(256, 128, 64, 32, 16, 8)),
        call(normal(4, 3, 256, 256), return_sampled_token_ids=constant(True)),
    ),
    "PatchMerger-ViT": (
        lambda: vit_with_patch_merger.ViT(
            **{**o.FINE, "depth": 12}, patch_merge_layer=6, patch_merge_num_tokens=8
        ),
        FOUR_IMAGES,
    ),
    "PatchMerger": (
        lambda: vit_with_patch_merger.PatchMerger(dim=1024, num_tokens_out=8),
        call(normal(4, 256, 1024)),
    ),
    "ViT-for-small-dataset": (lambda: vit_for_small_dataset.ViT(**{**o.FINE, "heads": 16}), FOUR_IMAGES),
    "SPT": (lambda: vit_for_small_dataset.SPT(dim=1024, patch_size=16, channels=3), FOUR_IMAGES),
    "ViT-3D": (lambda: vit_3d.ViT(**o.CLIP, **o.DROPOUT), VIDEO),
    "SimpleViT-3D": (lambda: simple_vit_3d.SimpleViT(**o.CLIP), VIDEO),
    "CCT-3D": (
        lambda: cct_3d.CCT(**o.COMPACT, img_size=224, num_frames=8, n_conv_layers=2, frame_kernel_size=3),
        call(normal(1, 3, 8, 224, 224)),
    ),
    "ViViT": (lambda: vivit.ViViT(**o.VIVIT, variant="factorized_encoder"), VIDEO),
    "ViViT-factorized-self-attention": (
        lambda: vivit.ViViT(**o.VIVIT, variant="factorized_self_attention"),
        VIDEO,
    ),
    "Parallel-ViT": (lambda: parallel_vit.ViT(**o.FINE, num_parallel_branches=2), FOUR_IMAGES),
    "Learnable-memory-ViT": (lambda: learnable_memory_vit.ViT(**o.FINE), FOUR_IMAGES),
    "Adapter-2-classes": (lambda: _adapter(2, 5), FOUR_IMAGES),
    "Adapter-4-classes": (lambda: _adapter(4, 10), FOUR_IMAGES),
    "Dino": (
        lambda: vit.Dino(
            vit.ViT(**o.ENCODER), **o.SELF_DISTILLATION, hidden_layer="to_latent", num_classes_K=65536
        ),
        call(normal(20, 3, 256, 256)),
    ),
    "EsViTTrainer": (
        lambda: es_vit.EsViTTrainer(
            cvt.CvT(**o.CVT), **o.SELF_DISTILLATION, hidden_layer="layers", num_classes_K=65336
        ),
        call(normal(2, 3, 256, 256)),  # the README's eight take more than 4 GB
    ),
    "Recorder": (lambda: recorder.Recorder(vit.ViT(**o.COARSE)), IMAGE),
    "Recorder-eject": (lambda: recorder.Recorder(vit.ViT(**o.COARSE)).eject(), IMAGE),
    "Extractor": (lambda: extractor.Extractor(vit.ViT(**o.COARSE)), IMAGE),
    "Extractor-CrossViT": (
        lambda: extractor.Extractor(cross_vit.CrossViT(**o.SCALES), layer_name="multi_scale_encoder"),
        IMAGE,
    ),
    "JetViT-window-or-linear": (lambda: _jet(*[("WA", "LA")] * 6), SMALL_IMAGE),
    "JetViT-linear-or-full": (
        lambda: _jet(*[("LA", "FA")] * 2, ("WA", "FA"), *[("LA", "FA")] * 2, ("WA", "FA")),
        SMALL_IMAGE,
    ),
    "JetViT": (lambda: _jet("LA", "LA", "WA", "FA", "LA", "FA"), SMALL_IMAGE),
    "ViT-5": (
        lambda: vit_5.ViT(**{**o.FINE, "dim": 512, "mlp_dim": 1024}, dim_head=64, num_registers=4),
        call(normal(2, 3, 256, 256)),
    ),
    "Nystromformer-ViT": (_nystromformer, call(normal(1, 3, 2048, 2048))),
    "X-Transformers-ViT": (_xtransformer, SMALL_IMAGE),
}
NEEDS = {"Nystromformer-ViT": ("nystrom-attention",)}

# Release 1.26 gave ViT's pos_embedding and cls_token one dimension less (vit.py:106); these still slice the old ones.
FAULTS = {
    "MAE": {"SD102": "adds pos_embedding[:, 1:n+1] of a pos_embedding without batch (mae.py:53)"},
    "SimMIM": {"SD102": "takes pos_embedding[:, 1:n+1] of a pos_embedding without batch (simmim.py:46)"},
    "MPP": {"SD104": "repeats a cls_token without batch by '() n d -> b n d' (mpp.py:161)"},
}


ENTRIES = tuple(
    Entry(name, "vit_pytorch", build, inputs, "real", NEEDS.get(name, ()), FAULTS.get(name, {}))
    for name, (build, inputs) in MODELS.items()
)
