//! `katonic audit retention`: how long rows and traces are kept.

use crate::failure::{Answer, Failure};
use crate::session::Session;
use clap::Args;
use contract::admin::{GetRetention, UpdateRetention};
use contract::wire::Object;
use contract::wire::admin::UpdateRetentionRequest;

#[derive(Debug, Args)]
pub(super) struct Retention {
    /// Keep rows of the log for so many days
    #[arg(long, value_name = "N")]
    audit_days: Option<u32>,
    /// Keep traces for so many days: as long as their rows at most
    #[arg(long, value_name = "N")]
    trace_days: Option<u32>,
}

pub(super) async fn run(session: &Session, args: Retention) -> Result<Answer, Failure> {
    let (client, Retention { audit_days, trace_days }) = (session.client()?, args);
    let kept = match (audit_days, trace_days) {
        (None, None) => client.call::<GetRetention>(&Object::new()).await?,
        _ => client.call::<UpdateRetention>(&UpdateRetentionRequest { audit_days, trace_days }).await?,
    };
    session.output.either(&kept, || {
        format!(
            "Rows are kept for {} days, traces for {}, as the {} says.",
            kept.audit_days, kept.trace_days, kept.set_by
        )
    })?;
    Ok(Answer::Yes)
}
