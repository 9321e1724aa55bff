//! The wire flavours that providers speak, one file each.

pub(super) mod openai;
