# Reelfind in one image: the browser application, the API and the command line.
# The first stage has pip; what it installs is wheels only, so neither stage has a compiler.
# The digest of all its platforms' images: docker buildx imagetools inspect python:3.12-slim-bookworm
ARG PYTHON_IMAGE=python:3.12-slim-bookworm@sha256:782412e85d0f0984994c290652577d4018aff08145c85b262bb63dc0c7522254

FROM ${PYTHON_IMAGE} AS build
# Wheels of torch: for CPUs by default (a tenth of the size); empty takes pip's own index, with CUDA's.
ARG TORCH_INDEX=https://download.pytorch.org/whl/cpu
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_ROOT_USER_ACTION=ignore
RUN python -m venv /opt/reelfind
ENV PATH=/opt/reelfind/bin:$PATH
WORKDIR /src
# The locked packages and torch on their own first: layers that a change of the code leaves as they are.
# With CLUSTER=yes also Ray, for nodes that index (compose.cluster.yml).
ARG CLUSTER=
COPY requirements.lock requirements-cluster.lock ./
RUN pip install --no-deps --require-hashes --requirement "requirements${CLUSTER:+-cluster}.lock"
COPY pyproject.toml README.md LICENSE ./
RUN pip install ${TORCH_INDEX:+--index-url "$TORCH_INDEX"} "$(python -c 'import tomllib; print(next(each for each in tomllib.load(open("pyproject.toml", "rb"))["project"]["dependencies"] if each.startswith("torch>")))')"
COPY encoder encoder
COPY probes probes
COPY indexer indexer
COPY app app
# Nothing is fetched here: what the lock lacks ends the build.
RUN pip install --no-deps --no-build-isolation . && pip check

FROM ${PYTHON_IMAGE}
RUN useradd --uid 10001 --create-home reelfind \
    && install --directory --owner reelfind --group reelfind /data
COPY --from=build /opt/reelfind /opt/reelfind
# ffmpeg comes with a wheel (imageio-ffmpeg), weights of profile `lite` too; what the other
# profiles download from the model hub is kept in the data volume.
ENV PATH=/opt/reelfind/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    REELFIND_DATA=/data \
    HF_HOME=/data/hub
USER 10001
WORKDIR /data
VOLUME /data
EXPOSE 8501
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=4 \
    CMD ["python", "-c", "import urllib.request as r; r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:8501/api/healthz', timeout=4)"]
ENTRYPOINT ["reelfind"]
CMD ["serve", "--host", "0.0.0.0"]
