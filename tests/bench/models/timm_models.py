"""Every family of timm 1.0.31, a small model each, and second ones where a family holds unlike architectures.

>>> entry = next(entry for entry in ENTRIES if entry.name == "swin_tiny_patch4_window7_224")
>>> entry.inputs()[0][0].shape
torch.Size([2, 3, 224, 224])

Source: https://github.com/huggingface/pytorch-image-models. A family is a module of `timm.models`.
"""

from __future__ import annotations

from functools import partial

import torch

from . import Entry, Inputs
from ._torchvision import importable

with importable():
    import timm

NAMES = """
beit_base_patch16_224 botnet26t_256 halonet_h1 lambda_resnet26t mobileone_s0 repvgg_a0 gernet_s cait_xxs24_224
coat_tiny convit_tiny convmixer_768_32 convnext_atto convnextv2_atto cpubone_nano crossvit_tiny_240 csatv2
cs3darknet_focus_s cspdarknet53 cspnext_tiny davit_tiny deepseek_vit_412m deit_tiny_patch16_224 deit3_small_patch16_224
densenet121 dla46x_c dpn48b edgenext_xx_small efficientformer_l1 efficientformerv2_s0 mnasnet_small efficientnet_b0
tinynet_e efficientvim_m1 efficientvit_b0 efficientvit_m0 eva02_tiny_patch14_224 fasternet_t0 fastvit_t8
focalnet_tiny_srf gcvit_xxtiny gemma4_vit_167m ghostnet_050 hardcorenas_b hgnetv2_b0 hiera_tiny_224 sam2_hiera_tiny
hrnet_w18_small iformer_t inception_next_atto inception_resnet_v2 inception_v3 inception_v4 lcnetv2_small levit_128s
lowformer_b0 mambaout_femto coatnet_pico_rw_224 maxvit_rmlp_pico_rw_256 poolformerv2_s12 caformer_s18 gmlp_ti16_224
mixer_s16_224 resmlp_12_224 mobilenetv3_small_050 mobilenetv4_conv_small mobilenetv5_base mobilevit_xxs
mobilevitv2_050 mvitv2_tiny naflexvit_base_patch16_parfac_gap nasnetalarge nest_tiny nextvit_small dm_nfnet_f0
nf_resnet26 pit_ti_224 pnasnet5large pvt_v2_b0 qwen3_vit_88m rdnet_tiny regnetx_002 regnety_002 repghostnet_050
repvit_m1 res2next50 resnest14d resnet10t resnet50 resnetv2_18 rexnet_100 selecsls42 legacy_seresnet18 sequencer2d_s
shvit_s1 skresnet18 starnet_s050 swiftformer_xs swin_tiny_patch4_window7_224 swinv2_tiny_window16_256
swinv2_cr_tiny_224 tiny_vit_5m_224 tnt_s_legacy_patch16_224 tresnet_m twins_svt_small twins_pcpvt_small vgg11
visformer_tiny vit_tiny_patch16_224 vit_small_patch14_dinov2 beit3_base_patch16_224 vit_tiny_r_s16_p8_224
vit_relpos_small_patch16_224 samvit_base_patch16_224 vitamin_small_224 volo_d1_224 ese_vovnet19b_slim_dw legacy_xception
xception41p xcit_nano_12_p8_224
"""
SIDES = {"csatv2": 256, "gemma4_vit_167m": 256, "qwen3_vit_88m": 256, "sam2_hiera_tiny": 256}


def inputs(name: str) -> Inputs:
    channels, height, width = timm.get_pretrained_cfg(name).input_size
    side = SIDES.get(name)
    return (torch.randn(2, channels, side or height, side or width),), {}


ENTRIES = tuple(
    Entry(name, "timm_models", partial(timm.create_model, name), partial(inputs, name), "real")
    for name in NAMES.split()
)
