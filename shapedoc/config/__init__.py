"""What a project writes down once: `shapedoc.yaml`, or `[tool.shapedoc]` in `pyproject.toml`.

    python: .venv
    ignore: [SD206]
    per-path-ignores: {"legacy/*": [SD2]}
    baseline: shapedoc-baseline.json
    models:
      - nets/unet.py:UNet
      - "nets/swin.py:Swin(window=(7, 7))"    # the way for a tuple, which YAML has not
      - target: nets/vit.py:ViT
        arguments: {dim: 64, heads: 8}
        inputs: {img: "b=2 c=3 h=224 w=224"}

`shapedoc.schema.json` describes every key; what does not keep to it is an error with its line and column.
Nothing here imports torch, and nothing of the file is evaluated.
"""
