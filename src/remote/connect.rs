use std::error::Error;
use std::time::Duration;

use aws_config::profile::ProfileFileCredentialsProvider;
use aws_config::provider_config::ProviderConfig;
use aws_config::sts::AssumeRoleProvider;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_sdk_s3::Client;
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::timeout::TimeoutConfig;
use aws_sdk_s3::config::{
    ProvideCredentials, Region, RequestChecksumCalculation, ResponseChecksumValidation, SharedCredentialsProvider,
    SharedHttpClient, StalledStreamProtectionConfig,
};
use aws_sdk_s3::error::ConnectorError;
use aws_smithy_http_client::Builder;
use aws_smithy_http_client::tls::{Provider, rustls_provider::CryptoMode};

use super::error::About;
use crate::ingest::{StoreError, StoreFault};
use crate::reference::{S3Address, S3Connection, S3Transfer};

/// What an owner of a role sees where the settings say nothing.
const SESSION: &str = "seikyu";

/// The SDK's client for HTTP: one for all buckets, since each would look for the certificates of the system again.
pub(super) fn http_client() -> SharedHttpClient {
    Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https()
}

/// A client for a bucket and the region that it uses.
pub(super) async fn client(
    http: &SharedHttpClient,
    address: &S3Address,
    connection: &S3Connection,
    transfer: S3Transfer,
) -> Result<(Client, String), StoreError> {
    let shown = address.to_string();
    let about = About { address: &shown, bucket: &address.bucket, region: "", permission: "" };
    let config = configuration(http, connection).await;
    let region = match config.region() {
        Some(region) => region.as_ref().to_owned(),
        None if connection.endpoint_url.is_empty() => {
            let text = "no region is known; set region for it in seikyu.toml, or AWS_REGION, or one in the profile";
            return Err(about.refused(text));
        }
        None => "us-east-1".to_owned(), // What services that are not AWS expect.
    };
    check_credentials(&config, connection, &about).await?;
    let timeout = Duration::from_secs(transfer.timeout_seconds);
    let mut s3 = aws_sdk_s3::config::Builder::from(&config)
        .region(Region::new(region.clone()))
        .force_path_style(connection.path_style.unwrap_or(!connection.endpoint_url.is_empty()))
        // We try again ourselves: the SDK would begin an object anew, and tells nobody how often.
        .retry_config(RetryConfig::disabled())
        .timeout_config(TimeoutConfig::builder().connect_timeout(timeout).read_timeout(timeout).build())
        .stalled_stream_protection(StalledStreamProtectionConfig::disabled())
        // Ranges have no checksum; what is put is given one by us.
        .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired);
    if !connection.endpoint_url.is_empty() {
        s3 = s3.endpoint_url(&connection.endpoint_url);
    }
    Ok((Client::from_conf(s3.build()), region))
}

/// The SDK's own chain; a profile that the settings name goes before it, a role comes after either.
async fn configuration(http: &SharedHttpClient, connection: &S3Connection) -> SdkConfig {
    let mut loader = aws_config::defaults(BehaviorVersion::latest()).http_client(http.clone());
    let mut provider = ProviderConfig::without_region().with_http_client(http.clone());
    if !connection.region.is_empty() {
        loader = loader.region(Region::new(connection.region.clone()));
        provider = provider.with_region(Some(Region::new(connection.region.clone())));
    }
    if !connection.profile.is_empty() {
        // Else keys in the environment would win over the profile, and one payer's would be used for all.
        let profile = ProfileFileCredentialsProvider::builder();
        let profile = profile.configure(&provider).profile_name(&connection.profile).build();
        loader = loader.profile_name(&connection.profile).credentials_provider(profile);
    }
    let config = loader.load().await;
    if connection.role_arn.is_empty() {
        return config;
    }
    let session = if connection.role_session_name.is_empty() { SESSION } else { &connection.role_session_name };
    let mut role = AssumeRoleProvider::builder(&connection.role_arn).session_name(session).configure(&config);
    if !connection.role_external_id.is_empty() {
        role = role.external_id(&connection.role_external_id);
    }
    if config.region().is_none() {
        role = role.region(Region::from_static("us-east-1")); // STS has the same answer everywhere.
    }
    let role = role.build().await;
    config.into_builder().credentials_provider(SharedCredentialsProvider::new(role)).build()
}

/// Gets credentials once before anything else, so that a missing one is told as such. What the SDK says of it is not
/// passed on: it may quote a file or an answer.
async fn check_credentials(config: &SdkConfig, connection: &S3Connection, about: &About<'_>) -> Result<(), StoreError> {
    let who = match (connection.role_arn.as_str(), connection.profile.as_str()) {
        ("", "") => "the SDK's chain (environment, profile, web identity, container, instance) has none".to_owned(),
        ("", profile) => format!("profile {profile:?} gives none"),
        (role, "") => format!("role {role} cannot be assumed with what the SDK's chain has"),
        (role, profile) => format!("role {role} cannot be assumed with profile {profile:?}"),
    };
    let found = match config.credentials_provider() {
        Some(provider) => provider.provide_credentials().await.map(|_| ()),
        None => return Err(about.refused(&format!("no credentials: {who}"))),
    };
    let Err(error) = found else { return Ok(()) };
    let mut cause: Option<&(dyn Error + 'static)> = Some(&error);
    while let Some(error) = cause {
        if error.downcast_ref::<ConnectorError>().is_some_and(|failed| failed.is_io() || failed.is_timeout()) {
            let address = about.address;
            let text = format!("{address}: no credentials: {who}: the network failed; run the command again");
            return Err(StoreError { fault: StoreFault::Failed, text });
        }
        cause = error.source();
    }
    Err(about.refused(&format!(
        "no credentials: {who}; set up a profile or role and name it in seikyu.toml, renew it (aws sso login), or set the \
         variables of the SDK"
    )))
}
