# docker build -t sepal .
# docker run --rm -v "$PWD:/work:ro" sepal lint detections

FROM rust:1.95.0-slim-bookworm AS build
WORKDIR /src
COPY Cargo.toml Cargo.lock ./
COPY crates crates
RUN --mount=type=cache,target=/usr/local/cargo/registry \
    --mount=type=cache,target=/src/target \
    cargo build --release --locked --package sepal \
    && cp target/release/sepal /sepal

FROM debian:bookworm-slim
RUN useradd --uid 10001 --no-create-home --shell /usr/sbin/nologin sepal
COPY --from=build /sepal /usr/local/bin/sepal
# a container has no clock setting of its own
ENV TZ=UTC
USER 10001
WORKDIR /work
ENTRYPOINT ["sepal"]
CMD ["help"]
