use std::fmt;
use std::future::Future;
use std::io;
use std::sync::Arc;

use aws_sdk_s3::Client;
use aws_sdk_s3::config::SharedHttpClient;
use tokio::runtime::Runtime;

use super::connect::{client, http_client};
use super::error::About;
use super::retry::{Attempts, Failure};
use crate::ingest::{StoreError, StoreFault};
use crate::reference::{S3Address, S3Connection, S3Transfer};

/// Threads that do nothing but wait for the network and decipher what comes.
const NETWORK_THREADS: usize = 2;

/// The private runtime of everything that is asked of stores.
pub struct Network {
    /// Always there, until it is dropped.
    runtime: Option<Runtime>,
    http: SharedHttpClient,
}

impl Network {
    /// Starts it.
    pub fn start() -> Result<Arc<Self>, StoreError> {
        let built = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(NETWORK_THREADS)
            .thread_name("network")
            .enable_all()
            .build();
        let failed = |error: io::Error| StoreError {
            fault: StoreFault::Failed,
            text: format!(
                "the threads of the network cannot be started: {}; free some memory or processes",
                error.kind()
            ),
        };
        Ok(Arc::new(Self { runtime: Some(built.map_err(failed)?), http: http_client() }))
    }

    fn runtime(&self) -> &Runtime {
        self.runtime.as_ref().expect("it is only taken away at the end")
    }

    /// Waits for something of the network.
    pub(super) fn wait<T>(&self, future: impl Future<Output = T>) -> T {
        self.runtime().block_on(future)
    }

    pub(super) fn spawn<T: Send + 'static>(
        &self,
        future: impl Future<Output = T> + Send + 'static,
    ) -> tokio::task::JoinHandle<T> {
        self.runtime().spawn(future)
    }
}

/// A request that is given up may be the last that holds it, and then its own thread must not wait for itself.
impl Drop for Network {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// A folder of a bucket and the way there.
pub struct Bucket {
    pub(super) network: Arc<Network>,
    pub(super) client: Client,
    pub(super) address: S3Address,
    pub(super) transfer: S3Transfer,
    pub(super) endpoint: String,
    region: String,
}

/// Only what may be seen: the client of the SDK is left out.
impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bucket({})", self.address)
    }
}

impl Bucket {
    /// Finds credentials and a region for an address.
    pub fn open(
        network: &Arc<Network>,
        address: &S3Address,
        connection: &S3Connection,
        transfer: S3Transfer,
    ) -> Result<Arc<Self>, StoreError> {
        let (client, region) = network.wait(client(&network.http, address, connection, transfer))?;
        Ok(Arc::new(Self {
            network: Arc::clone(network),
            client,
            address: address.clone(),
            transfer,
            endpoint: connection.endpoint_url.clone(),
            region,
        }))
    }

    /// What a request is about, for its errors.
    pub(super) fn about<'a>(&'a self, address: &'a str, permission: &'static str) -> About<'a> {
        About { address, bucket: &self.address.bucket, region: &self.region, permission }
    }

    /// Asks until there is an answer or no attempt is left.
    pub(super) async fn ask<T, F>(&self, address: &str, mut attempt: impl FnMut() -> F) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Failure>>,
    {
        let mut attempts = Attempts::at(address, self.transfer);
        loop {
            match attempt().await {
                Ok(answer) => return Ok(answer),
                Err(failure) => attempts.after(failure).await?,
            }
        }
    }
}
