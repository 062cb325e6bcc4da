# syntax=docker/dockerfile:1 Three stages: the pages, the Python environment, and the small image
# that runs. Build: docker build --tag carelay .

FROM node:20-bookworm-slim AS web
WORKDIR /src/web
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci --no-audit --no-fund
COPY web ./
RUN npm run build

FROM python:3.11-slim-bookworm AS python
WORKDIR /src
RUN python -m venv /opt/carelay
COPY requirements.txt ./
RUN /opt/carelay/bin/pip install --no-cache-dir --require-hashes --requirement requirements.txt
# For the packet engine; the compiler of the day will do, and it does not reach the image that runs.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends gcc libc6-dev \
    && rm -rf /var/lib/apt/lists/*
COPY pyproject.toml setup.py README.md config.toml ./
COPY relay relay
COPY signaling signaling
COPY storage storage
COPY --from=web /src/web/dist web/dist
RUN /opt/carelay/bin/pip install --no-cache-dir --no-deps --no-build-isolation .

FROM python:3.11-slim-bookworm
# pg_dump and pg_restore, for `carelay backup` of the database in compose.yaml.
# hadolint ignore=DL3008
RUN apt-get update && apt-get install --yes --no-install-recommends postgresql-client \
    && rm -rf /var/lib/apt/lists/*
# A fixed number, so that the owner of the volumes is the same on every host.
RUN useradd --system --uid 10001 --home-dir /var/lib/carelay --create-home carelay \
    && install --directory --owner carelay --mode 0700 /var/lib/carelay/data /var/lib/carelay/keys
COPY --from=python /opt/carelay /opt/carelay
COPY config.toml /var/lib/carelay/config.toml
# Nothing is written outside the two volumes: run with --read-only. The key never shares a volume
# with the recordings.
VOLUME ["/var/lib/carelay/data", "/var/lib/carelay/keys"]
ENV PATH=/opt/carelay/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    CARELAY_SERVER_HOST=0.0.0.0
WORKDIR /var/lib/carelay
USER 10001
EXPOSE 8080/tcp 3478/udp
HEALTHCHECK --interval=30s --timeout=5s CMD ["python", "-c", \
    "from urllib.request import urlopen; urlopen('http://127.0.0.1:8080/healthz', timeout=4)"]
ENTRYPOINT ["carelay"]
CMD ["serve"]
