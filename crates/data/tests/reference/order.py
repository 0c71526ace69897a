"""Prints the order of rows in an epoch, and the default seed, from their definitions: Philox 4x32-10 (Salmon et
al., SC'11), bounded draws after Lemire (ACM TOMACS 29, 2019) and Durstenfeld's shuffle (CACM 7, 1964).

Run with Python 3.11; no packages are needed.
"""
WORD = 2**32
SHUFFLE = int.from_bytes(b"shuffle", "big")


def block(seed, stream, counter):
    key = [seed % WORD, seed // WORD]
    x = [counter % WORD, counter // WORD, stream % WORD, stream // WORD]
    for _ in range(10):
        left, right = x[0] * 0xD2511F53, x[2] * 0xCD9E8D57
        x = [right // WORD ^ x[1] ^ key[0], right % WORD, left // WORD ^ x[3] ^ key[1], left % WORD]
        key = [(key[0] + 0x9E3779B9) % WORD, (key[1] + 0xBB67AE85) % WORD]
    return x


def words(seed, stream):
    counter = 0
    while True:
        yield from block(seed, stream, counter)
        counter += 1


def order(seed, epoch, count):
    # Stream 0 of a seed is the generator's own; the one with key k is k + 1.
    bits = words(seed, ((SHUFFLE + epoch) % 2**64 + 1) % 2**64)
    rows = list(range(count))
    for i in reversed(range(1, count)):
        bound = i + 1
        while True:
            product = (next(bits) + next(bits) * WORD) * bound
            if product % 2**64 >= 2**64 % bound:
                break
        j = product // 2**64
        rows[i], rows[j] = rows[j], rows[i]
    return rows


def default_seed(seed):
    """Of a loader made under a generator of this seed: 24 bits each of three words of its stream for shuffling."""
    bits = words(seed, SHUFFLE + 1)
    first, second, third = (next(bits) >> 8 for _ in range(3))
    return ((first << 48) + (second << 24) + third) % 2**64


assert block(0, 0, 0) == [0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8]
for seed, epoch, count in [(1, 0, 10), (1, 1, 10), (2**64 - 1, 2**64 - 1, 7)]:
    print(seed, epoch, count, order(seed, epoch, count))
print("default seed under seed 1:", default_seed(1))
