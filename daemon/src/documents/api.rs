//! `POST /documents/generate`.

use super::Generated;
use crate::app::App;
use crate::error::Error;
use crate::http::mount::{Api, Call, Content, Out, Written};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use contract::catalogue::GenerateDocument;
use contract::wire::documents::GeneratedDocument;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

pub(crate) fn routes(api: Api) -> Api {
    api.mount::<GenerateDocument, _, _>(generate)
}

async fn generate(app: App, call: Call<GenerateDocument>) -> Result<Out<GeneratedDocument>, Error> {
    let generated = super::generate(&app, &call.context, call.input).await?;
    if call.context.wants_json {
        return Ok(Out::Body(described(generated, call.context.trace_id())));
    }
    let headers = vec![
        ("content-type", generated.media_type.to_owned()),
        ("content-disposition", disposition(&generated.filename)),
        // A page opened from here is no page of the daemon's own.
        ("x-content-type-options", "nosniff".to_owned()),
    ];
    Ok(Out::Written(Written { headers, content: Content::Text(generated.bytes) }))
}

fn described(generated: Generated, trace_id: String) -> GeneratedDocument {
    let usage = generated.answer.as_ref().map(|answer| answer.usage);
    let refused = generated.answer.as_ref().is_some_and(|answer| answer.refused);
    GeneratedDocument {
        object: "document.generated".into(),
        filename: generated.filename,
        media_type: generated.media_type.to_owned(),
        base64: STANDARD.encode(&generated.bytes),
        citations: generated.answer.map(|answer| answer.citations).unwrap_or_default(),
        usage,
        refused,
        notes: generated.notes,
        trace_id,
    }
}

/// A file to be saved under a name, which old clients read in ASCII (RFC 6266, appendix D).
fn disposition(filename: &str) -> String {
    let ascii: String = filename.chars().map(|c| if c.is_ascii() { c } else { '_' }).collect();
    if ascii == filename {
        return format!("attachment; filename=\"{filename}\"");
    }
    let encoded = utf8_percent_encode(filename, NON_ALPHANUMERIC);
    format!("attachment; filename=\"{ascii}\"; filename*=UTF-8''{encoded}")
}

#[cfg(test)]
mod tests {
    use super::super::file_stem;
    use super::disposition;

    #[test]
    fn a_title_names_the_file_whatever_it_holds() {
        assert_eq!(file_stem(Some("Q3: \"north\"/../south\r\n")), "Q3-north-..-south");
        assert_eq!(file_stem(Some("../")), "document");
        let name = format!("{}.pdf", file_stem(Some("Übersicht")));
        assert_eq!(
            disposition(&name),
            "attachment; filename=\"_bersicht.pdf\"; filename*=UTF-8''%C3%9Cbersicht%2Epdf"
        );
    }
}
