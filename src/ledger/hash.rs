use sha2::{Digest, Sha256};

use crate::hexadecimal::hexadecimal;

/// The SHA-256 of bytes in lower-case hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hexadecimal(&Sha256::digest(bytes))
}

/// The SHA-256 of several texts: each with its length before it, so that none can run into the next.
pub(super) fn sha256_of_texts(texts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for text in texts {
        hasher.update(text.len().to_string());
        hasher.update(":");
        hasher.update(text);
    }
    hexadecimal(&hasher.finalize())
}
