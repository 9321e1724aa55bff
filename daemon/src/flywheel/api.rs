//! The endpoints of the data flywheel.

use super::export::Exported;
use super::{candidates, curate, export, sql};
use crate::act::Act;
use crate::app::App;
use crate::error::Error;
use crate::guardrails::Redactor;
use crate::http::mount::{Api, Call, Content, Out, Written};
use contract::catalogue::{CurateDataset, GetDataset, GiveFeedback, ListCandidates};
use contract::wire::flywheel::{Candidate, Dataset, DatasetDetail, Feedback, FeedbackRequest};
use contract::wire::page::Page;
use futures::{FutureExt, TryFutureExt};

/// Most bytes of a correction or a comment.
const MOST_TEXT: usize = 32 * 1024;

/// Most tags of feedback, and most characters of one.
const MOST_TAGS: (usize, usize) = (16, 64);

pub(crate) fn routes(api: Api) -> Api {
    api.act::<GiveFeedback, _, _>(give)
        .mount::<ListCandidates, _, _>(list)
        .act::<CurateDataset, _, _>(make)
        .mount::<GetDataset, _, _>(get)
}

async fn give(app: App, call: Call<GiveFeedback>) -> Result<Act<Out<Feedback>>, Error> {
    let said = checked(call.input)?;
    if !sql::is_visible(&app.db, &call.context.caller, &said.trace_id).await? {
        return Err(Error::not_found("trace", &said.trace_id));
    }
    Ok(sql::give(&app.db, &call.context.caller, said).await?.map(Out::Body))
}

/// What may be kept of what was said.
fn checked(mut said: FeedbackRequest) -> Result<FeedbackRequest, Error> {
    let says = said.rating.is_some() || said.score.is_some() || !said.tags.is_empty();
    if !says && said.correction.is_none() && said.comment.is_none() {
        return Err(Error::invalid("rating", "Send a rating, a score, a correction, a comment or tags."));
    }
    if said.score.is_some_and(|score| !(0.0..=1.0).contains(&score)) {
        return Err(Error::invalid("score", "The score is from 0 to 1."));
    }
    let (most, longest) = MOST_TAGS;
    if said.tags.len() > most || said.tags.iter().any(|tag| tag.is_empty() || tag.chars().count() > longest) {
        return Err(Error::invalid("tags", format!("Up to {most} tags, of 1 to {longest} characters each.")));
    }
    let mut redactor = Redactor::default();
    for (name, text) in [("correction", &mut said.correction), ("comment", &mut said.comment)] {
        let Some(text) = text else { continue };
        if text.trim().is_empty() || text.len() > MOST_TEXT {
            return Err(Error::invalid(name, format!("The {name} has 1 to {MOST_TEXT} bytes.")));
        }
        *text = redactor.redact(text);
    }
    Ok(said)
}

async fn list(app: App, call: Call<ListCandidates>) -> Result<Out<Page<Candidate>>, Error> {
    Ok(Out::Body(candidates::list(&app.db, &call.context.caller, &call.input).await?))
}

async fn make(app: App, call: Call<CurateDataset>) -> Result<Act<Out<Dataset>>, Error> {
    let (act, later) = curate::curate(&app, &call.context, call.input).await?;
    let told = later.map_ok(|dataset| (202, dataset)).boxed();
    Ok(act.map(|dataset| Out::Begun(202, dataset, told)))
}

async fn get(app: App, call: Call<GetDataset>) -> Result<Out<DatasetDetail>, Error> {
    Ok(match export::get(&app.db, &call.context.caller, &call.input).await? {
        Exported::Shown(detail) => Out::Body(*detail),
        Exported::File(media, name, text) => {
            let disposition = format!("attachment; filename=\"{name}\"");
            let headers = vec![("content-type", media.to_owned()), ("content-disposition", disposition)];
            Out::Written(Written { headers, content: Content::Text(text.into_bytes()) })
        }
    })
}
