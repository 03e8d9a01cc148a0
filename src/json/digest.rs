//! A digest is 64 bits of what a value says, computed while it is validated. It does not depend on
//! whitespace between tokens, nor on the order of members; it does depend on how a scalar is written.
//!
//! Scalars are absorbed in steps of sixteen bytes, the last one padded with zeros. No JSON token holds
//! a zero byte, so the steps of two different tokens differ.

/// Bytes that are absorbed at once.
pub(super) const STEP: usize = 16;

/// Where the digest of a string starts.
pub(super) const STRING: u64 = 0x9e37_79b9_7f4a_7c15;
/// Where the digest of a number starts.
pub(super) const NUMBER: u64 = 0xd1b5_4a32_d192_ed03;
/// Where the digest of an array starts.
pub(super) const ARRAY: u64 = 0x8cb9_2ba7_2f3d_8dd7;
/// Where the digest of `true`, `false` and `null` starts.
pub(super) const LITERAL: u64 = 0xaef1_7502_108e_f2d9;

const KEY: u64 = 0xa076_1d64_78bd_642f;
const OBJECT: u64 = 0xe703_7ed1_a0b4_28db;
/// No UTF-8 has its byte `ff`, so that no text makes the factor zero that it is part of.
const MULTIPLIER: u64 = 0x2d35_8dcc_ff6c_78a5;

/// Takes in sixteen more bytes, the first one lowest.
#[inline(always)]
pub(super) const fn absorb(state: u64, step: u128) -> u64 {
    let product = (state ^ step as u64) as u128 * (MULTIPLIER ^ (step >> 64) as u64) as u128;
    product as u64 ^ (product >> 64) as u64
}

/// By length, ones where a step has its first bytes.
#[expect(clippy::indexing_slicing, reason = "the compiler does it")]
const STARTS: [u128; STEP + 1] = {
    let mut starts = [0; STEP + 1];
    let mut length = 1;
    while length <= STEP {
        starts[length] = starts[length - 1] << 8 | 0xff;
        length += 1;
    }
    starts
};

/// Takes in the first `length` bytes of a step.
#[inline(always)]
pub(super) fn absorb_start(state: u64, step: [u8; STEP], length: usize) -> u64 {
    let start = STARTS.get(length).copied().unwrap_or(u128::MAX);
    absorb(state, u128::from_le_bytes(step) & start)
}

/// Takes in the first `length` bytes of a text.
pub(super) fn absorb_text(mut state: u64, mut text: &[u8], mut length: usize) -> u64 {
    while length > STEP {
        let (step, rest) = text.split_first_chunk().unwrap_or((&[0; STEP], &[]));
        state = absorb(state, u128::from_le_bytes(*step));
        (text, length) = (rest, length - STEP);
    }
    let step = text.first_chunk().copied().unwrap_or_else(|| padded(text));
    absorb_start(state, step, length)
}

/// The first sixteen bytes of a text, zeros where it is shorter.
pub(super) fn padded(text: &[u8]) -> [u8; STEP] {
    let mut step = [0; STEP];
    step.iter_mut().zip(text).for_each(|(byte, given)| *byte = *given);
    step
}

/// What a decoded key contributes to each of its members.
///
/// Mixed once more than a string value is: a key and a value of the same text must not cancel out.
pub(super) fn key(decoded: &[u8]) -> u64 {
    absorb(KEY, u128::from(absorb_text(STRING, decoded, decoded.len())))
}

/// What one member contributes to the sum of its object.
#[inline(always)]
pub(super) const fn member(key: u64, value: u64) -> u64 {
    absorb(key, value as u128)
}

/// Takes in one more element of an array.
#[inline(always)]
pub(super) const fn element(state: u64, element: u64) -> u64 {
    absorb(state, element as u128)
}

/// The digest of an object, from the sum over its members.
pub(super) const fn object(sum: u64) -> u64 {
    absorb(OBJECT, sum as u128)
}
