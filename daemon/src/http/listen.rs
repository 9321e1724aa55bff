//! Connections: as many as are bounded, each with a time for its headers, all ended well when the daemon drains.

use crate::work::Work;
use axum::Router;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::Service;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;

/// Most connections at the same time; past that, new ones wait in the system's queue.
const MOST_CONNECTIONS: usize = 8192;

/// How long a request's headers may take to arrive, and a kept connection may be idle: a client that drips its headers
/// holds nothing for long.
const HEADERS: Duration = Duration::from_secs(30);

/// How long to wait when the system has no file descriptors left.
const EXHAUSTED: Duration = Duration::from_millis(50);

/// From where a connection comes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer(pub(super) IpAddr);

/// Serves until the work drains, then until the last connection has ended.
///
/// # Errors
/// If the number of connections can't be bounded any longer.
pub(super) async fn serve(listener: TcpListener, router: Router, work: &Work) -> io::Result<()> {
    let open = GracefulShutdown::new();
    let slots = Arc::new(Semaphore::new(MOST_CONNECTIONS));
    loop {
        let slot = Arc::clone(&slots).acquire_owned().await.map_err(io::Error::other)?;
        let stream = tokio::select! {
            accepted = listener.accept() => accepted,
            () = work.draining.cancelled() => break,
        };
        match stream {
            Ok((stream, peer)) => {
                let from = From { router: TowerToHyperService::new(router.clone()), peer: Peer(peer.ip()) };
                let connection = open.watch(connection(stream, from));
                tokio::spawn(async move {
                    // What breaks a connection is the client's affair.
                    drop(connection.await);
                    drop(slot);
                });
            }
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(EXHAUSTED).await;
            }
        }
    }
    drop(listener);
    open.shutdown().await;
    Ok(())
}

/// The routes, for calls from one address. A layer around them would be made anew for each connection, and each route.
struct From {
    router: TowerToHyperService<Router>,
    peer: Peer,
}

impl Service<Request<Incoming>> for From {
    type Response = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Response;
    type Error = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Error;
    type Future = <TowerToHyperService<Router> as Service<Request<Incoming>>>::Future;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        request.extensions_mut().insert(self.peer);
        self.router.call(request)
    }
}

fn connection(stream: TcpStream, from: From) -> http1::Connection<TokioIo<TcpStream>, From> {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "events may be delayed by the system");
    }
    let mut server = http1::Builder::new();
    server.timer(TokioTimer::new()).header_read_timeout(HEADERS);
    server.serve_connection(TokioIo::new(stream), from)
}
