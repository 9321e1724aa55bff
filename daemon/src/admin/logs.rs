//! `/admin/v1/logs`: calls as they happen.

use crate::app::App;
use crate::audit::{self, Filter};
use crate::error::Error;
use crate::gate::Caller;
use crate::http::mount::{Api, Call, Out};
use contract::admin::TailLogs;
use contract::wire::analytics::{AuditRow, ListAuditQuery, TailLogsQuery};
use contract::wire::page::Page;
use contract::wire::sse::Event;
use std::sync::Arc;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};

/// Events that may wait for who watches.
const EVENTS: usize = 64;

pub(super) fn routes(api: Api) -> Api {
    api.mount::<TailLogs, _, _>(tail)
}

async fn tail(app: App, call: Call<TailLogs>) -> Result<Out<Page<AuditRow>>, Error> {
    let TailLogsQuery { limit, after, key, user, team, endpoint, decision } = call.input;
    let query =
        ListAuditQuery { limit, after, key, user, team, endpoint, decision, ..ListAuditQuery::default() };
    let caller = Arc::clone(&call.context.caller);
    if !call.context.wants_events {
        return Ok(Out::Body(audit::list(&app.db, &caller, query).await?));
    }
    let filter = Filter::of(&app.db, &caller, query).await?;
    let (written, head) = (app.books.ledger.watch(), app.books.ledger.head());
    let (sender, events) = mpsc::channel(EVENTS);
    app.clone().work.spawn(async move {
        // The watcher may have gone, or the daemon stops: there is nobody left to tell.
        drop(follow(&app, &caller, &filter, written, head, sender).await);
    });
    Ok(Out::Watch(events))
}

async fn follow(
    app: &App,
    caller: &Caller,
    filter: &Filter,
    mut written: broadcast::Receiver<i64>,
    mut seen: i64,
    sender: mpsc::Sender<Event>,
) -> Result<(), Error> {
    loop {
        tokio::select! {
            told = written.recv() => if matches!(told, Err(RecvError::Closed)) { return Ok(()) },
            () = sender.closed() => return Ok(()),
            () = app.work.draining.cancelled() => return Ok(()),
        }
        let head = app.books.ledger.head();
        while seen < head {
            let (rows, next) = audit::newer(&app.db, caller, filter, seen, head).await?;
            for row in rows {
                let event = Event { name: "call", data: serde_json::to_value(row)? };
                if sender.send(event).await.is_err() {
                    return Ok(());
                }
            }
            seen = next;
        }
    }
}
