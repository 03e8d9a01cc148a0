//! A digest is 64 bits of what a value says, computed while it is validated. It does not depend on
//! whitespace between tokens, nor on the order of members; it does depend on how a scalar is written.
//!
//! Scalars are absorbed in words of eight bytes, the last one padded with zeros. No JSON token holds
//! a zero byte, so the words of two different tokens differ.

/// Where the digest of a string starts.
pub(super) const STRING: u64 = 0x9e37_79b9_7f4a_7c15;
/// Where the digest of a number starts.
pub(super) const NUMBER: u64 = 0xd1b5_4a32_d192_ed03;
/// Where the digest of a number below zero starts.
pub(super) const NEGATIVE: u64 = 0x94d0_49bb_1331_11eb;
/// Where the digest of an array starts.
pub(super) const ARRAY: u64 = 0x8cb9_2ba7_2f3d_8dd7;
/// Where the digest of `true`, `false` and `null` starts.
pub(super) const LITERAL: u64 = 0xaef1_7502_108e_f2d9;

const KEY: u64 = 0xa076_1d64_78bd_642f;
const OBJECT: u64 = 0xe703_7ed1_a0b4_28db;
const MULTIPLIER: u64 = 0x2d35_8dcc_aa6c_78a5;

/// Takes in one more word.
#[inline(always)]
pub(super) const fn absorb(state: u64, word: u64) -> u64 {
    let product = (state ^ word) as u128 * MULTIPLIER as u128;
    product as u64 ^ (product >> 64) as u64
}

/// Takes in a whole token.
pub(super) fn absorb_bytes(state: u64, bytes: &[u8]) -> u64 {
    let (words, rest) = bytes.as_chunks::<8>();
    let state = words.iter().fold(state, |state, word| absorb(state, u64::from_le_bytes(*word)));
    if rest.is_empty() { state } else { absorb(state, padded(rest)) }
}

/// The first eight bytes of `rest` as a word, zeros where it is shorter.
#[inline(always)]
pub(super) fn word(rest: &[u8]) -> u64 {
    match rest.first_chunk() {
        Some(chunk) => u64::from_le_bytes(*chunk),
        None => padded(rest),
    }
}

/// The same, made for a text that is shorter.
pub(super) fn padded(rest: &[u8]) -> u64 {
    rest.iter().take(8).rev().fold(0, |word, byte| word << 8 | u64::from(*byte))
}

/// What a decoded key contributes to each of its members.
///
/// Mixed once more than a string value is: a key and a value of the same text must not cancel out.
pub(super) fn key(decoded: &[u8]) -> u64 {
    absorb(KEY, absorb_bytes(STRING, decoded))
}

/// What one member contributes to the sum of its object.
#[inline(always)]
pub(super) const fn member(key: u64, value: u64) -> u64 {
    absorb(key, value)
}

/// The digest of an object, from the sum over its members.
pub(super) const fn object(sum: u64) -> u64 {
    absorb(OBJECT, sum)
}
