//! How streams are cut into frames: server-sent events, JSON lines, and AWS event streams. Fed with bytes as they
//! come, wherever they are cut.

use super::flavours::Problem;
use aws_smithy_eventstream::frame::{DecodedFrame, MessageFrameDecoder};
use bytes::{Buf, BytesMut};

/// Most bytes of one frame: as much as a whole answer may have.
const MOST_BYTES: usize = 16 * 1024 * 1024;

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// How a provider frames its streams.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Framing {
    /// `text/event-stream` (WHATWG HTML, section 9.2).
    Events,
    /// A JSON object a line.
    Lines,
    /// `application/vnd.amazon.eventstream`.
    AwsEvents,
}

/// One frame.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The event's name; empty where it has none.
    pub(crate) event: String,
    /// Its data.
    pub(crate) data: String,
}

/// Cuts a stream into frames.
pub(crate) struct Framer {
    framing: Framing,
    held: BytesMut,
    /// How much of what is held was searched for the end of a line.
    searched: usize,
    frame: Frame,
    has_data: bool,
    begun: bool,
    aws: MessageFrameDecoder,
}

impl Framer {
    /// For a stream that has brought nothing yet.
    pub(crate) fn new(framing: Framing) -> Self {
        Self {
            framing,
            held: BytesMut::new(),
            searched: 0,
            frame: Frame::default(),
            has_data: false,
            begun: false,
            aws: MessageFrameDecoder::new(),
        }
    }

    /// Takes bytes as they come.
    pub(crate) fn push(&mut self, bytes: &[u8]) {
        self.held.extend_from_slice(bytes);
    }

    /// The next whole frame, if there is one.
    ///
    /// # Errors
    /// If a frame is over its bound or not what the framing says.
    pub(crate) fn next(&mut self) -> Result<Option<Frame>, Problem> {
        let frame = match self.framing {
            Framing::Events => self.next_event(false),
            Framing::Lines => self.next_json(false),
            Framing::AwsEvents => self.next_message(),
        }?;
        if frame.is_none() && self.held.len() + self.frame.data.len() > MOST_BYTES {
            return Err(Problem::garbled("a frame is over 16 MiB"));
        }
        Ok(frame)
    }

    /// What the stream's end leaves: an event or a line whose line end never came.
    ///
    /// # Errors
    /// If it is not what the framing says.
    pub(crate) fn finish(&mut self) -> Result<Option<Frame>, Problem> {
        match self.framing {
            Framing::Events => {
                let whole = self.next_event(true)?;
                Ok(whole.or_else(|| self.dispatch()))
            }
            Framing::Lines => self.next_json(true),
            Framing::AwsEvents => Ok(None),
        }
    }

    fn next_event(&mut self, at_end: bool) -> Result<Option<Frame>, Problem> {
        while let Some(line) = self.line(at_end) {
            let line = text(line)?;
            if line.is_empty() {
                if let Some(frame) = self.dispatch() {
                    return Ok(Some(frame));
                }
                continue;
            }
            let (field, value) = line.split_once(':').unwrap_or((&line, ""));
            let value = value.strip_prefix(' ').unwrap_or(value);
            match field {
                "data" => {
                    if self.has_data {
                        self.frame.data.push('\n');
                    }
                    self.frame.data.push_str(value);
                    self.has_data = true;
                }
                "event" => value.clone_into(&mut self.frame.event),
                // Comments, ids, retry times and unknown fields say nothing here.
                _ => {}
            }
        }
        Ok(None)
    }

    fn dispatch(&mut self) -> Option<Frame> {
        let frame = std::mem::take(&mut self.frame);
        std::mem::take(&mut self.has_data).then_some(frame)
    }

    fn next_json(&mut self, at_end: bool) -> Result<Option<Frame>, Problem> {
        while let Some(line) = self.line(at_end) {
            let data = text(line)?;
            if !data.trim().is_empty() {
                return Ok(Some(Frame { event: String::new(), data }));
            }
        }
        Ok(None)
    }

    /// A line without its end, which is CRLF, LF or CR. A CR at the very end of what came waits for its LF.
    fn line(&mut self, at_end: bool) -> Option<BytesMut> {
        if !self.begun {
            if self.held.len() < BYTE_ORDER_MARK.len() && !at_end {
                return None;
            }
            self.begun = true;
            if self.held.starts_with(BYTE_ORDER_MARK) {
                self.held.advance(BYTE_ORDER_MARK.len());
            }
        }
        let end = memchr::memchr2(b'\n', b'\r', &self.held[self.searched..]).map(|at| at + self.searched);
        let Some(end) = end else {
            self.searched = self.held.len();
            return (at_end && !self.held.is_empty()).then(|| self.take(self.held.len(), 0));
        };
        let ending = match (self.held[end], self.held.get(end + 1)) {
            (b'\r', Some(b'\n')) => 2,
            (b'\r', None) if !at_end => {
                self.searched = end;
                return None;
            }
            _ => 1,
        };
        Some(self.take(end, ending))
    }

    fn take(&mut self, length: usize, ending: usize) -> BytesMut {
        let line = self.held.split_to(length);
        self.held.advance(ending);
        self.searched = 0;
        line
    }

    fn next_message(&mut self) -> Result<Option<Frame>, Problem> {
        let decoded = self.aws.decode_frame(&mut self.held);
        let DecodedFrame::Complete(message) = decoded.map_err(|_| Problem::garbled("a bad event"))? else {
            return Ok(None);
        };
        let header = |name: &str| {
            let header = message.headers().iter().find(|header| header.name().as_str() == name)?;
            header.value().as_string().ok().map(|value| value.as_str().to_owned())
        };
        let event = header(":event-type").or_else(|| header(":exception-type")).unwrap_or_default();
        Ok(Some(Frame { event, data: text(BytesMut::from(&message.payload()[..]))? }))
    }
}

fn text(bytes: BytesMut) -> Result<String, Problem> {
    String::from_utf8(bytes.into()).map_err(|_| Problem::garbled("it is not UTF-8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frames(framing: Framing, bytes: &[u8], step: usize) -> Vec<(String, String)> {
        let mut framer = Framer::new(framing);
        let mut found = Vec::new();
        for part in bytes.chunks(step) {
            framer.push(part);
            while let Some(frame) = framer.next().unwrap() {
                found.push(frame);
            }
        }
        found.extend(framer.finish().unwrap());
        found.into_iter().map(|frame| (frame.event, frame.data)).collect()
    }

    #[test]
    fn events_are_the_same_wherever_the_bytes_are_cut() {
        let text = "\u{feff}: a comment\r\n\r\nevent: one\r\ndata: {\"a\":\r\ndata: \"ü🙂\"}\r\nid: 7\r\n\r\n\
                    data:two\n\ndata\n\nretry: 5\n\n: keep-alive\n\ndata: th: ree\r\rdata: last";
        let expected = [("one", "{\"a\":\n\"ü🙂\"}"), ("", "two"), ("", ""), ("", "th: ree"), ("", "last")];
        let expected = expected.map(|(event, data)| (event.to_owned(), data.to_owned()));
        for step in 1..=text.len() {
            assert_eq!(frames(Framing::Events, text.as_bytes(), step), expected, "{step}");
        }
    }

    #[test]
    fn lines_are_the_same_wherever_the_bytes_are_cut() {
        let text = "{\"a\":1}\n\r\n{\"b\":\"é\"}\r\n{\"c\":3}";
        for step in 1..=text.len() {
            let found = frames(Framing::Lines, text.as_bytes(), step);
            let data: Vec<&str> = found.iter().map(|(_, data)| data.as_str()).collect();
            assert_eq!(data, ["{\"a\":1}", "{\"b\":\"é\"}", "{\"c\":3}"], "{step}");
        }
    }

    #[test]
    fn a_line_without_end_is_refused_within_bounded_memory() {
        let mut framer = Framer::new(Framing::Events);
        let block = vec![b'x'; 1 << 20];
        let refused = (0..64).any(|_| {
            framer.push(&block);
            framer.next().is_err()
        });
        assert!(refused && framer.held.len() <= MOST_BYTES + block.len());
    }

    #[test]
    fn bytes_that_are_no_text_are_refused() {
        let mut framer = Framer::new(Framing::Events);
        framer.push(b"data: \xff\xfe\n\n");
        assert!(framer.next().is_err());
    }
}
