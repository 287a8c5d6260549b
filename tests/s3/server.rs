//! A real S3 server on loopback, in this process, and in front of it somebody who spoils answers by a script.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body as HttpBody, Bytes, Frame, Incoming};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use md5::Digest;
use s3s::auth::{SecretKey, SimpleAuth};
use s3s::service::{S3Service, S3ServiceBuilder};
use s3s::{Body, HttpResponse};
use tokio::runtime::Runtime;

use crate::common::TempFolder;

/// What a request was.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    pub method: String,
    /// As sent, percent-encoded.
    pub path: String,
    pub query: String,
    pub range: Option<String>,
    /// Whose key signed it.
    pub access_key: String,
}

impl Seen {
    pub fn is_get_of(&self, part: &str) -> bool {
        self.method == "GET" && self.path.contains(part)
    }

    pub fn is_listing(&self) -> bool {
        self.query.contains("list-type=2")
    }
}

/// The requests that match once so many of another kind were made.
pub fn after(
    count: usize,
    counted: fn(&Seen) -> bool,
    matches: fn(&Seen) -> bool,
) -> impl Fn(&Seen) -> bool + Send + 'static {
    let made = AtomicUsize::new(0);
    move |seen| {
        let is_over = made.load(Ordering::Relaxed) >= count;
        if counted(seen) {
            made.fetch_add(1, Ordering::Relaxed);
        }
        is_over && matches(seen)
    }
}

/// What is done to an answer.
pub enum Action {
    /// Another one in its place.
    Answer(u16, &'static str, Vec<(&'static str, &'static str)>),
    /// So many bytes of the body, then the connection breaks off.
    Break(usize),
    /// The connection closes without an answer.
    Close,
    /// So many bytes of the body, then nothing, for ever.
    Stall(usize),
    /// One byte at a time, with pauses.
    Drip(Duration),
    /// The length of the answer and its body are shorter.
    Shorten(usize),
    /// The length of the answer and its body are longer.
    Lengthen(usize),
    /// A header of the answer says something else.
    Header(&'static str, &'static str),
    /// Bytes of the body are other ones, of the same number.
    Spoil,
    /// Something happens before the request is answered as usual.
    First(Box<dyn Fn() + Send>),
}

struct Rule {
    matches: Box<dyn Fn(&Seen) -> bool + Send>,
    /// How many requests it lets pass before.
    skip: usize,
    /// For how many requests it counts.
    times: usize,
    action: Action,
}

#[derive(Default)]
struct Script {
    rules: Vec<Rule>,
    seen: Vec<Seen>,
    /// Ends of keys and the ETag that they have instead of an MD5.
    etags: Vec<(&'static str, &'static str)>,
}

/// A server, until it is dropped.
pub struct Server {
    pub address: SocketAddr,
    root: TempFolder,
    script: Arc<Mutex<Script>>,
    _runtime: Runtime,
}

impl Server {
    /// Starts one that knows these keys (access key, secret key).
    pub fn start(keys: &[(&str, &str)]) -> Self {
        let root = TempFolder::new("s3-server");
        let mut builder = S3ServiceBuilder::new(s3s_fs::FileSystem::new(root.path()).unwrap());
        let mut auth = SimpleAuth::new();
        for (access, secret) in keys {
            auth.register((*access).to_owned(), SecretKey::from(*secret));
        }
        builder.set_auth(auth);
        let service = builder.build();
        let script: Arc<Mutex<Script>> = Arc::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let (shared, place) = (Arc::clone(&script), root.path().to_owned());
        runtime.spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else { return };
                let (service, script, place) = (service.clone(), Arc::clone(&shared), place.clone());
                tokio::spawn(async move {
                    let answer = hyper::service::service_fn(move |request| {
                        answer(service.clone(), Arc::clone(&script), place.clone(), request)
                    });
                    let _ =
                        hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), answer).await;
                });
            }
        });
        Self { address, root, script, _runtime: runtime }
    }

    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// The folder of a bucket, which is made.
    pub fn bucket(&self, name: &str) -> PathBuf {
        let place = self.root.path().join(name);
        std::fs::create_dir_all(&place).unwrap();
        place
    }

    /// From now on: the `skip`th request that matches and `times` from there on are answered otherwise.
    pub fn when(&self, matches: impl Fn(&Seen) -> bool + Send + 'static, skip: usize, times: usize, action: Action) {
        self.script.lock().unwrap().rules.push(Rule { matches: Box::new(matches), skip, times, action });
    }

    /// Keys that end so have this ETag, as objects do that were put in parts or are encrypted with a key.
    pub fn set_etag(&self, end: &'static str, tag: &'static str) {
        self.script.lock().unwrap().etags.push((end, tag));
    }

    /// Forgets rules and requests.
    pub fn reset(&self) {
        let mut script = self.script.lock().unwrap();
        *script = Script { etags: std::mem::take(&mut script.etags), ..Script::default() };
    }

    pub fn seen(&self) -> Vec<Seen> {
        self.script.lock().unwrap().seen.clone()
    }

    pub fn count(&self, matches: impl Fn(&Seen) -> bool) -> usize {
        self.seen().iter().filter(|seen| matches(seen)).count()
    }

    /// All objects of a bucket by key.
    pub fn objects(&self, bucket: &str) -> BTreeMap<String, Vec<u8>> {
        let mut found = BTreeMap::new();
        collect(&self.bucket(bucket), "", &mut found);
        found
    }
}

fn collect(folder: &Path, name: &str, found: &mut BTreeMap<String, Vec<u8>>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let own = entry.file_name().to_string_lossy().into_owned();
        let name = if name.is_empty() { own } else { format!("{name}/{own}") };
        if entry.path().is_dir() {
            collect(&entry.path(), &name, found);
        } else {
            found.insert(name, std::fs::read(entry.path()).unwrap());
        }
    }
}

async fn answer(
    service: S3Service,
    script: Arc<Mutex<Script>>,
    root: PathBuf,
    request: Request<Incoming>,
) -> Result<HttpResponse, io::Error> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let signed_by = header("authorization").unwrap_or_default();
    let signed_by = signed_by.split("Credential=").nth(1).and_then(|rest| rest.split('/').next()).unwrap_or_default();
    let seen = Seen {
        method: request.method().to_string(),
        path: request.uri().path().to_owned(),
        query: request.uri().query().unwrap_or_default().to_owned(),
        range: header("range"),
        access_key: signed_by.to_owned(),
    };
    let expected_tag = header("if-match").filter(|_| seen.method == "GET");
    let action = {
        let mut script = script.lock().unwrap();
        script.seen.push(seen.clone());
        let mut chosen = None;
        for rule in &mut script.rules {
            if !(rule.matches)(&seen) {
                continue;
            }
            if rule.skip > 0 {
                rule.skip -= 1;
            } else if rule.times > 0 {
                rule.times -= 1;
                chosen = Some(rule.action.plan());
                break;
            }
        }
        chosen
    };
    match &action {
        Some(Plan::Close) => return Err(io::Error::other("closed")),
        Some(Plan::Answer(status, code, headers)) => return Ok(error(*status, code, headers)),
        _ => {}
    }
    let mut response =
        service.call(request.map(Body::from)).await.map_err(|_| io::Error::other("the server failed"))?;
    let etags = script.lock().unwrap().etags.clone();
    for (end, tag) in &etags {
        if seen.path.ends_with(end) && response.status().is_success() {
            response.headers_mut().insert("etag", tag.parse().unwrap());
        }
    }
    let tag = response.headers().get("etag").and_then(|tag| tag.to_str().ok()).map(str::to_owned);
    // The server itself does not know `If-Match` of a GET.
    if expected_tag.is_some() && response.status().is_success() && expected_tag != tag {
        return Ok(error(412, "PreconditionFailed", &[]));
    }
    if seen.method == "GET" && response.status().is_success() && !seen.is_listing() {
        response.headers_mut().insert("x-amz-version-id", "version-of-test".parse().unwrap());
    }
    if seen.is_listing() && response.status().is_success() {
        response = with_etags(response, &root.join(seen.path.trim_matches('/')), &etags).await?;
    }
    match action {
        Some(plan) => spoil(response, plan).await,
        None => Ok(response),
    }
}

async fn whole(body: &mut Body) -> Result<Vec<u8>, io::Error> {
    let mut bytes = Vec::new();
    loop {
        let frame = std::future::poll_fn(|context| Pin::new(&mut *body).poll_frame(context)).await;
        let Some(frame) = frame else { return Ok(bytes) };
        let frame = frame.map_err(|_| io::Error::other("the server failed"))?;
        bytes.extend(frame.into_data().unwrap_or_default());
    }
}

/// S3 lists ETags, and the server here does not.
async fn with_etags(
    mut response: HttpResponse,
    bucket: &Path,
    etags: &[(&'static str, &'static str)],
) -> Result<HttpResponse, io::Error> {
    let text = String::from_utf8(whole(response.body_mut()).await?).unwrap();
    let mut out = String::new();
    for (number, piece) in text.split("<Key>").enumerate() {
        if number == 0 {
            out.push_str(piece);
            continue;
        }
        let (key, rest) = piece.split_once("</Key>").unwrap();
        let plain = key.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&apos;", "'");
        let bytes = std::fs::read(bucket.join(plain.replace("&amp;", "&"))).unwrap_or_default();
        let tag: String = md5::Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
        let tag =
            etags.iter().find(|(end, _)| key.ends_with(end)).map_or(format!("\"{tag}\""), |(_, tag)| (*tag).to_owned());
        out.push_str(&format!("<Key>{key}</Key><ETag>{}</ETag>{rest}", tag.replace('"', "&quot;")));
    }
    response.headers_mut().remove("content-length");
    *response.body_mut() = Body::from(out);
    Ok(response)
}

/// An action without what only happens once.
enum Plan {
    Answer(u16, &'static str, Vec<(&'static str, &'static str)>),
    Break(usize),
    Close,
    Stall(usize),
    Drip(Duration),
    Shorten(usize),
    Lengthen(usize),
    Header(&'static str, &'static str),
    Spoil,
    Nothing,
}

impl Action {
    fn plan(&self) -> Plan {
        match self {
            Self::Answer(status, code, headers) => Plan::Answer(*status, code, headers.clone()),
            Self::Break(bytes) => Plan::Break(*bytes),
            Self::Close => Plan::Close,
            Self::Stall(bytes) => Plan::Stall(*bytes),
            Self::Drip(pause) => Plan::Drip(*pause),
            Self::Shorten(bytes) => Plan::Shorten(*bytes),
            Self::Lengthen(bytes) => Plan::Lengthen(*bytes),
            Self::Header(name, value) => Plan::Header(name, value),
            Self::Spoil => Plan::Spoil,
            Self::First(happens) => {
                happens();
                Plan::Nothing
            }
        }
    }
}

/// As S3 writes errors, with things in the text that nobody may pass on.
fn error(status: u16, code: &str, headers: &[(&'static str, &'static str)]) -> HttpResponse {
    let text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><Error><Code>{code}</Code><Message>message {}</Message></Error>",
        crate::scene::SECRETS.join(" ")
    );
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = StatusCode::from_u16(status).unwrap();
    for (name, value) in headers {
        response.headers_mut().insert(*name, value.parse().unwrap());
    }
    response
}

async fn spoil(mut response: HttpResponse, plan: Plan) -> Result<HttpResponse, io::Error> {
    let mut bytes = whole(response.body_mut()).await?;
    let (mut end, mut pause) = (End::Whole, Duration::ZERO);
    let keeps_length = match plan {
        Plan::Break(count) => {
            bytes.truncate(count);
            end = End::Broken;
            true
        }
        Plan::Stall(count) => {
            bytes.truncate(count);
            end = End::Never;
            true
        }
        Plan::Drip(each) => {
            pause = each;
            true
        }
        Plan::Shorten(count) => {
            bytes.truncate(bytes.len().saturating_sub(count));
            false
        }
        Plan::Lengthen(count) => {
            bytes.extend(vec![b'x'; count]);
            false
        }
        Plan::Header(name, value) => {
            response.headers_mut().insert(name, value.parse().unwrap());
            true
        }
        Plan::Spoil => {
            for byte in bytes.iter_mut().step_by(7) {
                *byte ^= 0x55;
            }
            true
        }
        Plan::Answer(..) | Plan::Close | Plan::Nothing => true,
    };
    if !keeps_length {
        response.headers_mut().insert("content-length", bytes.len().to_string().parse().unwrap());
    }
    let scripted = Scripted { bytes: Bytes::from(bytes), end, pause, sleep: None };
    *response.body_mut() = Body::http_body_unsync(scripted);
    Ok(response)
}

enum End {
    Whole,
    Broken,
    Never,
}

struct Scripted {
    bytes: Bytes,
    end: End,
    pause: Duration,
    sleep: Option<Pin<Box<tokio::time::Sleep>>>,
}

impl HttpBody for Scripted {
    type Data = Bytes;
    type Error = s3s::StdError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, s3s::StdError>>> {
        if let Some(sleep) = &mut self.sleep {
            std::task::ready!(sleep.as_mut().poll(context));
            self.sleep = None;
        }
        if !self.bytes.is_empty() {
            let all = self.bytes.len();
            let count = if self.pause.is_zero() { all } else { 1 };
            let piece = self.bytes.split_to(count);
            let pause = if self.pause.is_zero() { Duration::from_millis(20) } else { self.pause };
            self.sleep = Some(Box::pin(tokio::time::sleep(pause))); // So that what comes first is sent first.
            return Poll::Ready(Some(Ok(Frame::data(piece))));
        }
        match self.end {
            End::Whole => Poll::Ready(None),
            End::Broken => Poll::Ready(Some(Err("broken".into()))),
            End::Never => Poll::Pending,
        }
    }
}

/// A service of tokens that gives these keys to everybody who asks, and says what it was asked.
pub struct Tokens {
    pub address: SocketAddr,
    pub asked: Arc<Mutex<Vec<String>>>,
    _runtime: Runtime,
}

impl Tokens {
    pub fn start(access: &'static str, secret: &'static str, token: &'static str) -> Self {
        let asked: Arc<Mutex<Vec<String>>> = Arc::default();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).unwrap();
        let address = listener.local_addr().unwrap();
        let shared = Arc::clone(&asked);
        runtime.spawn(async move {
            loop {
                let Ok((socket, _)) = listener.accept().await else { return };
                let shared = Arc::clone(&shared);
                tokio::spawn(async move {
                    let answer = hyper::service::service_fn(move |request: Request<Incoming>| {
                        let shared = Arc::clone(&shared);
                        async move {
                            let mut body = request.into_body();
                            let mut text = Vec::new();
                            while let Some(Ok(frame)) =
                                std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
                            {
                                text.extend(frame.into_data().unwrap_or_default());
                            }
                            shared.lock().unwrap().push(String::from_utf8(text).unwrap());
                            let answer = format!(
                                "<AssumeRoleResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><AssumeRoleResult>\
                                 <Credentials><AccessKeyId>{access}</AccessKeyId><SecretAccessKey>{secret}</SecretAccessKey>\
                                 <SessionToken>{token}</SessionToken><Expiration>2099-01-01T00:00:00Z</Expiration></Credentials>\
                                 <AssumedRoleUser><Arn>arn:aws:sts::123456789012:assumed-role/r/s</Arn>\
                                 <AssumedRoleId>A:s</AssumedRoleId></AssumedRoleUser></AssumeRoleResult></AssumeRoleResponse>"
                            );
                            Ok::<_, Infallible>(Response::new(Body::from(answer)))
                        }
                    });
                    let _ = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), answer).await;
                });
            }
        });
        Self { address, asked, _runtime: runtime }
    }
}
