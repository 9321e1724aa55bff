// Calls of the daemon: the same endpoints that everybody has, with the rights of who is signed in.

let guard = null;
let open = new Set();

export class Failed extends Error {
  constructor(status, envelope, trace) {
    super(envelope?.error?.message ?? `The daemon answered with ${status}.`);
    this.status = status;
    this.code = envelope?.error?.code;
    this.gate = envelope?.gate;
    this.trace = trace;
  }
}

async function send(method, path, body, headers = {}) {
  const options = { method, headers: { ...headers }, credentials: "same-origin" };
  if (guard) options.headers["x-katonic-hub"] = guard;
  if (body !== undefined) {
    options.headers["content-type"] = "application/json";
    options.body = JSON.stringify(body);
  }
  let response;
  try {
    response = await fetch(path, options);
  } catch {
    throw new Failed(0, { error: { message: "The daemon can't be reached. Is it running?" } });
  }
  if (response.ok) return response;
  const envelope = await response.json().catch(() => null);
  if (response.status === 401 && guard) window.dispatchEvent(new Event("signed-out"));
  throw new Failed(response.status, envelope, response.headers.get("x-trace-id"));
}

export async function call(method, path, body, headers) {
  const response = await send(method, path, body, headers);
  return response.status === 204 ? null : response.json();
}

export const get = (path) => call("GET", path);
export const post = (path, body = {}, headers) => call("POST", path, body, headers);
export const raw = send;

const query = (parameters) => new URLSearchParams(Object.entries(parameters).filter(([, value]) => value)).toString();
export const list = async (path, parameters = {}) => get(`${path}?${query(parameters)}`);

/// The events of a stream, one after the other: [name, data].
export async function* events(method, path, body, headers = {}, signal) {
  const response = await send(method, path, body, { accept: "text/event-stream", ...headers });
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  signal?.addEventListener("abort", () => reader.cancel());
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    rest += value;
    const frames = rest.split(/\r?\n\r?\n/);
    rest = frames.pop();
    for (const frame of frames) {
      const lines = frame.split(/\r?\n/);
      const name = lines.find((line) => line.startsWith("event:"))?.slice(6).trim() ?? "message";
      const data = lines.filter((line) => line.startsWith("data:")).map((line) => line.slice(5).trimStart()).join("\n");
      if (data) yield [name, data === "[DONE]" ? data : JSON.parse(data)];
    }
  }
}

async function enter(session) {
  guard = session.guard;
  open = new Set(session.endpoints);
  return session;
}

/// Whether the role of who is signed in opens an endpoint.
export const may = (endpoint) => open.has(endpoint);

export const whoAmI = async () => enter(await get("/studio/session"));
export const signIn = async (shown) => enter(await post("/studio/session", shown));

export async function signOut() {
  await call("DELETE", "/studio/session");
  guard = null;
}
