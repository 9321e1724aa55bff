//! A governed answer: agent, rails, retrieval, model, rails again, settlement.

mod agent_loop;
mod answer;
pub(crate) mod api;
mod cite;
mod conversation;
mod events;
mod follow_up;
mod prepare;
mod retrieve;
mod run;
mod sample;
mod second_look;
mod speak;
mod tools;
mod triggers;

pub(crate) use answer::answer;
pub(crate) use events::Events;
pub(crate) use prepare::{Asked, prepare, prepare_version};
pub(crate) use run::{Answered, produce, run};
pub(crate) use sample::{Sample, Samples};
