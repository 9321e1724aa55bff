//! `POST /chat`.

use crate::app::App;
use crate::chat;
use crate::error::Error;
use crate::http::mount::{Api, Call, Out};
use contract::catalogue::Chat;
use contract::wire::chat::ChatAnswer;
use tokio::sync::mpsc;

/// Events that may wait for a slow client; past that, the model waits.
const EVENTS: usize = 64;

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<Chat, _, _>(chat)
}

async fn chat(app: App, call: Call<Chat>) -> Result<Out<ChatAnswer>, Error> {
    let asked = chat::prepare(&app, &call.context, &call.input).await?;
    let (sender, mut events) = mpsc::channel(EVENTS);
    let context = call.context.clone();
    let left = context.left();
    let work = app.clone().work.spawn(chat::answer(app, call.context, asked, sender));
    if call.input.stream {
        return Ok(Out::Stream(events));
    }
    tokio::select! {
        () = async { while events.recv().await.is_some() {} } => {}
        () = left => {}
    }
    // Nobody listens any longer: work that isn't done by now stops here.
    drop(events);
    Ok(Out::Body(work.await.map_err(Error::internal)??))
}
