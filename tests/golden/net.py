class ContextMixing(nn.Module):
    def forward(self, x):
        weight = self.weight(self.norm(x))
        value = rearrange(x, "b (m g c) h w -> m b g h w c", m=2, g=self.num_heads // 2)
        attn1, attn2 = weight.split([self.k1**2, self.k2**2], dim=-1)
        x1 = na2d_av(attn1, value[0], kernel_size=self.k1)
        x2 = na2d_av(attn2, value[1], kernel_size=self.k2)
        größe = merge(
            x1,
            x2,
        )
        return größe + 1
