use std::io;

use aws_sdk_s3::error::{ConnectorError, SdkError};
use aws_sdk_s3::operation::get_object::GetObjectError;
use rustls::CertificateError;

use super::error::About;
use super::retry::{Failure, pause};
use crate::ingest::StoreFault;

/// Trying again does not make a certificate another one, and who has a proxy in between must know what to do.
#[test]
fn what_is_wrong_with_a_certificate_is_told_at_once() {
    let about = About { address: "s3://b/k", bucket: "b", region: "r", permission: "s3:GetObject" };
    let judged = |error: io::Error| {
        let error: SdkError<GetObjectError, _> = SdkError::dispatch_failure(ConnectorError::io(Box::new(error)));
        about.judge(&error)
    };
    let cases = [
        (CertificateError::UnknownIssuer, "SSL_CERT_FILE"),
        (CertificateError::Expired, "the clock of this machine"),
        (CertificateError::NotValidYet, "the clock of this machine"),
        (CertificateError::NotValidForName, "is of another name"),
        (CertificateError::Revoked, "SSL_CERT_FILE"),
    ];
    for (found, told) in cases {
        // As the libraries wrap it: an error of input and output that holds one of TLS, and once more.
        let tls = io::Error::other(rustls::Error::InvalidCertificate(found));
        let Failure::Final(error) = judged(io::Error::other(tls)) else { panic!("{told}: it would be tried again") };
        assert_eq!(error.fault, StoreFault::Refused);
        assert!(
            error.text.starts_with("s3://b/k: the certificate of the endpoint") && error.text.contains(told),
            "{}",
            error.text
        );
    }
    let Failure::Passing(told) = judged(io::Error::other("UnknownIssuer")) else { panic!("any other may pass") };
    assert_eq!(told, "the connection failed");
}

#[test]
fn pauses_double_up_to_a_limit_and_are_at_most_a_half_shorter() {
    for (attempt, longest) in [(1, 200), (2, 400), (3, 800), (7, 12_800), (8, 20_000), (60, 20_000), (u64::MAX, 20_000)]
    {
        let longest = std::time::Duration::from_millis(longest);
        assert_eq!(pause(200, attempt, 0), longest, "attempt {attempt}");
        for chance in [1, 99, 12_345, u64::MAX] {
            let pause = pause(200, attempt, chance);
            assert!(pause >= longest / 2 && pause <= longest, "attempt {attempt}, chance {chance}: {pause:?}");
        }
    }
}
