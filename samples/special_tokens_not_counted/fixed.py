"""A chat model whose turns are marked with special tokens."""

import torch
from torch import nn

VOCABULARY = 1000
USER, ASSISTANT = VOCABULARY, VOCABULARY + 1


class ChatModel(nn.Module):
    def __init__(self, dim=64, num_heads=4, num_layers=2, max_length=128):
        super().__init__()
        self.embed = nn.Embedding(VOCABULARY + 2, dim)
        self.positions = nn.Embedding(max_length, dim)
        layer = nn.TransformerEncoderLayer(dim, num_heads, 4 * dim, batch_first=True, norm_first=True)
        self.layers = nn.TransformerEncoder(layer, num_layers, enable_nested_tensor=False)
        self.head = nn.Linear(dim, VOCABULARY)

    def forward(self, question, answer):
        x = self.embed(self.turns(question, answer))
        x = x + self.positions(torch.arange(x.shape[1]))
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1])
        return self.head(self.layers(x, mask=mask, is_causal=True))

    @staticmethod
    def turns(question, answer):
        """`<user> question <assistant> answer`"""
        user, assistant = (torch.full_like(question[:, :1], token) for token in (USER, ASSISTANT))
        return torch.cat([user, question, assistant, answer], dim=1)


def example_inputs():
    return torch.randint(0, VOCABULARY, (2, 12)), torch.randint(0, VOCABULARY, (2, 20))
