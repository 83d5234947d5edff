//! Bodies of requests, read from JSON; one that cannot be read is refused in the API's own frame.

use axum::Json;
use axum::extract::{FromRequest, Request};
use axum::http::StatusCode;
use serde::de::DeserializeOwned;

use super::failure::Failure;

/// A body.
pub struct JsonBody<T>(pub T);

impl<S: Send + Sync, T: DeserializeOwned> FromRequest<S> for JsonBody<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, state: &S) -> Result<Self, Failure> {
        let read = Json::<T>::from_request(request, state).await;
        read.map(|Json(body)| Self(body)).map_err(|error| match error.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Failure::too_long(),
            _ => Failure::bad_request(error.body_text()),
        })
    }
}
