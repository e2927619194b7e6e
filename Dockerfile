# The bot in a small image: everything is installed by hash, and it runs as a user without rights.
#
#     docker build -t release-chatbot .
#     docker run -v chatbot:/data -v ./config.toml:/etc/chatbot/config.toml:ro release-chatbot

FROM python:3.13-slim AS build
WORKDIR /src
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/chatbot \
 && /opt/chatbot/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements.lock \
 && python -m venv /opt/build \
 && /opt/build/bin/pip install --no-cache-dir --disable-pip-version-check --require-hashes -r requirements-build.lock
COPY pyproject.toml README.md LICENSE ./
COPY chatbot chatbot
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
 && /opt/chatbot/bin/pip install --no-cache-dir --no-deps --no-index /wheels/*.whl

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /data --create-home chatbot
COPY --from=build /opt/chatbot /opt/chatbot
ENV PATH=/opt/chatbot/bin:$PATH PYTHONUNBUFFERED=1
USER 10001
# The store, and what Matrix must keep, are written to the working directory unless the configuration says otherwise.
WORKDIR /data
VOLUME /data
STOPSIGNAL SIGTERM
ENTRYPOINT ["chatbot"]
CMD ["run", "--config", "/etc/chatbot/config.toml"]
