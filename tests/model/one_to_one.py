"""A tokenizer whose texts and tokens stand one to one, so that equal texts are equal tokens, whatever wrote them.

Its tokens are the bytes, then characters of four bytes that no prompt holds, then `<|endoftext|>`; nothing is merged. A
prompt's last piece, which Hornbook takes back and writes again, can only be written as it was.
"""

from tokenizers import Tokenizer, decoders, models, pre_tokenizers

from hornbook.tokens.tokenizer import END_OF_TEXT, NUM_BYTES, byte_of_character

_FIRST_CHARACTER = 0x10000
_NUM_ASCII = 128


def one_to_one(num_tokens: int) -> Tokenizer:
    """A tokenizer with so many tokens, `<|endoftext|>` the last."""
    character_of = {byte: character for character, byte in byte_of_character().items()}
    vocabulary = {character_of[byte]: byte for byte in range(NUM_BYTES)}
    for number in range(NUM_BYTES, num_tokens - 1):
        spelled = chr(_FIRST_CHARACTER + number).encode()
        vocabulary["".join(character_of[byte] for byte in spelled)] = number
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END_OF_TEXT])
    return tokenizer


def text_of(tokens: list[int], num_tokens: int) -> str:
    """What tokens of `one_to_one(num_tokens)` spell, up to `<|endoftext|>`."""
    end = tokens.index(num_tokens - 1) if num_tokens - 1 in tokens else len(tokens)
    return "".join(chr(token if token < NUM_BYTES else _FIRST_CHARACTER + token) for token in tokens[:end])


def unreadable(num_tokens: int, vocab_size: int) -> list[int]:
    """Tokens that a model must not write: halves of characters, and rows that no token uses."""
    return [*range(_NUM_ASCII, NUM_BYTES), *range(num_tokens, vocab_size)]
