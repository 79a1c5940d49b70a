# syntax=docker/dockerfile:1
# charplay in a container, on a processor or a card:
#   docker build -t charplay .
#   docker build -t charplay --build-arg BASE=nvidia/cuda:12.8.1-base-ubuntu24.04 .
#   docker run -it --rm --user "$(id -u):$(id -g)" -v "$PWD/charplay-home:/data" charplay
ARG BASE=python:3.12-slim
FROM ${BASE}

# What pip is told besides, such as the index of torch's builds for processors alone, which are a tenth of the size.
ARG PIP_ARGS=""

# A base without Python, as CUDA's are, gets its distribution's.
RUN command -v python3 >/dev/null || { apt-get update && \
    apt-get install -y --no-install-recommends python3 python3-venv && rm -rf /var/lib/apt/lists/*; }

WORKDIR /src
COPY pyproject.toml README.md LICENSE constraints.txt ./
COPY charplay charplay
COPY docs/charplay.1 docs/charplay.1
RUN python3 -m venv /opt/charplay && \
    /opt/charplay/bin/pip install --no-cache-dir -c constraints.txt $PIP_ARGS . && \
    mkdir -m 1777 /data

# Any user id may start it, one without a name and a home folder, too: what is kept lies in /data, which all may write.
ENV PATH=/opt/charplay/bin:$PATH \
    CHARPLAY_HOME=/data \
    TERM=xterm-256color \
    COLORTERM=truecolor \
    LANG=C.UTF-8
VOLUME /data
WORKDIR /data
USER 1000
ENTRYPOINT ["charplay"]
