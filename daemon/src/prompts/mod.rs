//! Prompt optimisation: a search for an agent's better instructions, examples and settings on a suite, within a budget;
//! cases that it never sees decide what it is worth.

pub(crate) mod api;
mod apply;
mod engine;
mod examples;
mod front;
mod gepa;
mod lab;
mod mipro;
mod outcome;
mod racing;
mod random;
mod space;
mod split;
mod sql;
mod start;
mod tpe;
mod view;
mod write;

pub(crate) use engine::{Note, SEARCHES, spawn};
pub(crate) use sql::unfinished;
