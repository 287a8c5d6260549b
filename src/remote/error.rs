//! What a store answered, in our words. Texts of servers and of the SDK are never passed on: a code and a number are all
//! that is taken over from them.

use std::error::Error;
use std::io;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ConnectorError, ProvideErrorMetadata, SdkError};
use rustls::CertificateError;

use super::retry::Failure;
use crate::ingest::{StoreError, StoreFault};

/// What a request was about.
#[derive(Clone, Copy)]
pub(super) struct About<'a> {
    /// The address of the object or folder.
    pub(super) address: &'a str,
    /// The bucket.
    pub(super) bucket: &'a str,
    /// The region that is used.
    pub(super) region: &'a str,
    /// What the identity must be allowed to do.
    pub(super) permission: &'static str,
}

impl About<'_> {
    pub(super) fn refused(&self, text: &str) -> StoreError {
        StoreError { fault: StoreFault::Refused, text: format!("{}: {text}", self.address) }
    }

    pub(super) fn changed(&self, text: &str) -> StoreError {
        StoreError { fault: StoreFault::Changed, text: format!("{}: {text}", self.address) }
    }

    /// What the failure of a request means.
    pub(super) fn judge<E: ProvideErrorMetadata>(&self, error: &SdkError<E, HttpResponse>) -> Failure {
        match error {
            SdkError::ServiceError(context) => {
                let code = known_letters(context.err().code().unwrap_or_default());
                let region = context.raw().headers().get("x-amz-bucket-region").map(known_letters).unwrap_or_default();
                self.judge_answer(context.raw().status().as_u16(), &code, &region)
            }
            SdkError::TimeoutError(_) => passing("no answer in time"),
            SdkError::DispatchFailure(failure)
                if let Some(error) = failure.as_connector_error().and_then(certificate) =>
            {
                Failure::Final(self.refused(of_certificate(error)))
            }
            SdkError::DispatchFailure(failure) if failure.is_timeout() => passing("no answer in time"),
            SdkError::DispatchFailure(failure) if failure.is_io() => passing("the connection failed"),
            SdkError::DispatchFailure(_) => passing("the request could not be sent"),
            SdkError::ResponseError(context) => {
                // What is not understood may come from a proxy in between; its number is understood.
                let status = context.raw().status().as_u16();
                if status >= 400 { self.judge_answer(status, "", "") } else { passing("the answer was not understood") }
            }
            SdkError::ConstructionFailure(_) => Failure::Final(self.refused(
                "the request could not be made; check region, endpoint_url, profile and role_arn in seikyu.toml",
            )),
            _ => passing("the request failed"),
        }
    }

    fn judge_answer(&self, status: u16, code: &str, region: &str) -> Failure {
        let named = if code.is_empty() { status.to_string() } else { format!("{status} {code}") };
        let (bucket, permission) = (self.bucket, self.permission);
        let refused = |text: String| Failure::Final(self.refused(&text));
        match (status, code) {
            (408 | 409 | 429 | 500.., _)
            | (_, "SlowDown" | "RequestTimeout" | "Throttling" | "ThrottlingException" | "InternalError") => {
                passing(&format!("the store answered {named}"))
            }
            (301 | 307 | 308, _) | (_, "AuthorizationHeaderMalformed" | "IllegalLocationConstraintException") => {
                let used = self.region;
                let is = if region.is_empty() { "in another region".to_owned() } else { format!("in region {region}") };
                refused(format!(
                    "bucket {bucket} is {is}, not in {used} ({named}); set region = \"{}\" for it in seikyu.toml",
                    if region.is_empty() { "the region of the bucket" } else { region }
                ))
            }
            (404, "NoSuchBucket") => {
                refused(format!("there is no bucket {bucket} ({named}); correct the address in seikyu.toml"))
            }
            (404, _) => Failure::Final(self.changed(&format!("was there a moment ago and is gone ({named})"))),
            (412, _) => Failure::Final(self.changed(&format!("was replaced while it was read ({named})"))),
            (416, _) => Failure::Final(self.changed(&format!("is shorter than it was when listed ({named})"))),
            (_, "ExpiredToken" | "ExpiredTokenException" | "TokenRefreshRequired") => refused(format!(
                "the credentials have expired ({named}); get new ones (for a profile with SSO: aws sso login), then run the \
                 command again"
            )),
            (_, "InvalidAccessKeyId" | "SignatureDoesNotMatch" | "InvalidToken" | "InvalidClientTokenId") => {
                refused(format!(
                    "the store does not know the credentials ({named}); check the profile, the environment and endpoint_url"
                ))
            }
            (_, "RequestTimeTooSkewed") => {
                refused(format!("the clock of this machine is wrong ({named}); set it, then run the command again"))
            }
            (_, "InvalidObjectState") => {
                refused(format!("is archived ({named}); restore the object, or keep reports out of archive classes"))
            }
            (401 | 403, _) => refused(format!(
                "access denied ({named}); the identity needs {permission} on bucket {bucket} (region {}), and kms:Decrypt \
                 where its objects are encrypted with a key of KMS; check also profile and role_arn in seikyu.toml",
                self.region
            )),
            _ => refused(format!("the store refused the request ({named}); check the address and endpoint_url")),
        }
    }
}

/// What is wrong with the certificate of who answered, where that is why there is no connection.
fn certificate(error: &ConnectorError) -> Option<&CertificateError> {
    let mut next: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = next {
        if let Some(rustls::Error::InvalidCertificate(found)) = error.downcast_ref() {
            return Some(found);
        }
        // An error of input and output is not the source of itself, but holds it.
        let held = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = held.map_or_else(|| error.source(), |held| Some(held as &(dyn Error + 'static)));
    }
    None
}

/// Trying again does not help: whoever answers has this certificate.
fn of_certificate(error: &CertificateError) -> &'static str {
    use CertificateError::{
        Expired, ExpiredContext, NotValidForName, NotValidForNameContext, NotValidYet, NotValidYetContext,
    };
    if matches!(error, Expired | ExpiredContext { .. } | NotValidYet | NotValidYetContext { .. }) {
        "the certificate of the endpoint is not of today; check the clock of this machine, then the endpoint"
    } else if matches!(error, NotValidForName | NotValidForNameContext { .. }) {
        "the certificate of the endpoint is of another name; check endpoint_url in seikyu.toml, and proxies"
    } else {
        "the certificate of the endpoint is of no authority that this machine trusts; where a proxy or the service has an \
         authority of its own, name the file of its certificate in the variable SSL_CERT_FILE"
    }
}

fn passing(reason: &str) -> Failure {
    Failure::Passing(reason.to_owned())
}

/// A code of a server as far as it looks like one.
fn known_letters(text: &str) -> String {
    let is_code =
        |text: &str| text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_code(text) { text.to_owned() } else { String::new() }
}
