"""What operations and kernels ask of shapes: one YAML file per library, one entry per operation."""
