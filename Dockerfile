# The program as an image: docker build -t rapport . && docker run -p 8000:8000 -v rapport:/data rapport

FROM python:3.13-slim AS installed
WORKDIR /build
COPY requirements-uv.lock requirements.lock pyproject.toml ./
RUN pip install --no-cache-dir --require-hashes -r requirements-uv.lock
# What running needs and no more, in the versions and with the hashes of the lock.
RUN python -m venv --without-pip /venv \
    && uv pip install --no-cache --compile-bytecode --python /venv/bin/python \
        --constraint requirements.lock --requirement pyproject.toml

FROM python:3.13-slim
RUN useradd --system --uid 10001 --home-dir /srv rapport \
    && install --directory --owner rapport --mode 750 /data \
    && printf '#!/bin/sh\nexec /venv/bin/python -m app "$@"\n' > /usr/local/bin/rapport \
    && chmod 755 /usr/local/bin/rapport
COPY --from=installed /venv /venv
WORKDIR /srv
COPY alembic.ini LICENSE README.md ./
COPY migrations ./migrations
COPY frontend ./frontend
COPY app ./app
ENV RAPPORT_DATA=/data PYTHONPATH=/srv PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1
USER rapport
VOLUME /data
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
    CMD ["/venv/bin/python", "-c", "from urllib.request import urlopen; urlopen('http://127.0.0.1:8000/readyz', timeout=4)"]
ENTRYPOINT ["rapport"]
CMD ["serve", "--host", "0.0.0.0", "--port", "8000"]
