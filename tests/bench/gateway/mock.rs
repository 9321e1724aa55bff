//! A provider that costs as little as it can: every answer is bytes that were written before.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

/// Pieces of a streamed answer, and what lies between two of them.
const PIECES: usize = 20;
const PAUSE: Duration = Duration::from_millis(50);

/// Starts it on a free port.
pub fn start(answer: usize) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let text = "A plain answer of many words. ".repeat(answer / 30);
    let body = format!(
        "{{\"id\":\"chatcmpl-mock\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"mock\",\"choices\":[{{\"index\":0,\
         \"message\":{{\"role\":\"assistant\",\"content\":\"{text}\"}},\"finish_reason\":\"stop\"}}],\
         \"usage\":{{\"prompt_tokens\":12,\"completion_tokens\":70,\"total_tokens\":82}}}}"
    );
    let length = body.len();
    let whole = format!(
        "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    );
    thread::spawn(move || {
        for stream in listener.incoming() {
            let (stream, whole) = (stream.unwrap(), whole.clone());
            thread::Builder::new()
                .stack_size(64 * 1024)
                .spawn(move || serve(stream, whole.as_bytes()))
                .unwrap();
        }
    });
    port
}

fn serve(mut stream: TcpStream, whole: &[u8]) {
    drop(stream.set_nodelay(true));
    let mut buffer = [0; 8192];
    let mut held = 0;
    loop {
        let Ok(read @ 1..) = stream.read(&mut buffer[held..]) else { return };
        held += read;
        let Some(request) = whole_request(&buffer[..held]) else { continue };
        held = 0;
        let answered = if request { streamed(&mut stream) } else { stream.write_all(whole) };
        if answered.is_err() {
            return;
        }
    }
}

/// Whether the request asks for a stream, once it has come whole: each connection asks one thing at a time.
fn whole_request(bytes: &[u8]) -> Option<bool> {
    let text = std::str::from_utf8(bytes).ok()?;
    let (head, body) = text.split_once("\r\n\r\n")?;
    let length = head.lines().find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
    })?;
    (body.len() >= length).then(|| body.contains("\"stream\":true"))
}

fn streamed(stream: &mut TcpStream) -> std::io::Result<()> {
    let send = |stream: &mut TcpStream, data: &str| {
        let event = format!("data: {data}\n\n");
        stream.write_all(format!("{:x}\r\n{event}\r\n", event.len()).as_bytes())
    };
    stream.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
    )?;
    for n in 0..PIECES {
        let delta = format!("{{\"content\":\"word{n}. \"}}");
        send(
            stream,
            &format!(
                "{{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mock\",\"choices\":[{{\"index\":0,\"delta\":{delta},\"finish_reason\":null}}]}}"
            ),
        )?;
        thread::sleep(PAUSE);
    }
    send(
        stream,
        "{\"id\":\"c\",\"object\":\"chat.completion.chunk\",\"created\":1,\"model\":\"mock\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":20,\"total_tokens\":21}}",
    )?;
    send(stream, "[DONE]")?;
    stream.write_all(b"0\r\n\r\n")
}
