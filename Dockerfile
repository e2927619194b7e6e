# The bot in a small image: everything is installed by hash, and it runs as a user without rights on a read-only root.
#
#     docker build -t release-chatbot .
#
# docs/how-to/install.md says how to run it. Both stages begin with the same image by its digest, which is that of the index over all
# platforms: the build is the same on amd64 and arm64. The tag beside it is for people. To renew both lines (Dependabot proposes it too):
#
#     docker buildx imagetools inspect python:3.13-slim --format '{{.Manifest.Digest}}'
#
# This one is 3.13.15 on Debian 13, published in September 2026.

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b AS build
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
# Wheels only, so that nothing is compiled and no setup script runs. atomicwrites has none: a few lines of Python, packed here with
# the locked setuptools.
RUN python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --disable-pip-version-check --only-binary :all: --require-hashes -r requirements-build.lock \
 && /opt/build/bin/pip wheel --no-cache-dir --disable-pip-version-check --only-binary :all: --no-binary atomicwrites --no-build-isolation \
    --no-deps --require-hashes --wheel-dir /wheels -r requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY chatbot chatbot
RUN /opt/build/bin/pip wheel --disable-pip-version-check --no-deps --no-build-isolation --no-index --wheel-dir /wheels . \
 && python -m venv --without-pip /opt/chatbot \
 && /opt/build/bin/pip --python /opt/chatbot/bin/python install --disable-pip-version-check --no-deps --no-index /wheels/*.whl \
 && /opt/chatbot/bin/chatbot --version

FROM python:3.13-slim@sha256:7c61056e61ac89e852de05f3dc6fa51a6dd2181797bceed46aa725dd7cb2cd3b
ARG VERSION=unreleased
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="chatbot" \
      org.opencontainers.image.description="Announces GitHub releases and security advisories in Discord and Matrix, and answers questions there" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="docker.io/library/python:3.13-slim" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
RUN groupadd --system --gid 10001 chatbot \
 && useradd --system --uid 10001 --gid 10001 --home-dir /data --no-create-home --shell /usr/sbin/nologin chatbot \
 && install --directory --owner 10001 --group 10001 --mode 0700 /data
COPY --from=build /opt/chatbot /opt/chatbot
ENV PATH=/opt/chatbot/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    CHATBOT_CONFIG=/etc/chatbot/config.toml
USER 10001:10001
# Everything that is kept is written to the working directory, unless the configuration says otherwise: the database, Matrix's keys.
# Beside it only /tmp must be writable.
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=10s --start-period=2m --retries=3 CMD ["chatbot", "health"]
ENTRYPOINT ["chatbot"]
CMD ["run"]
