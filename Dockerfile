# One image for web, workers and clock; docker-compose.yml says which is which.
FROM python:3.12-slim

# requirements-gpu.lock brings CUDA's libraries, for a worker that trains on an NVIDIA GPU.
ARG LOCK=requirements.lock
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
RUN useradd --create-home --uid 1000 teamhub && install -d -o teamhub /var/lib/teamhub
WORKDIR /srv/teamhub

COPY ${LOCK} .
RUN python -m pip install --require-hashes -r ${LOCK}
COPY . .

USER teamhub
ENV TEAMHUB_VAR=/var/lib/teamhub
EXPOSE 8000
CMD ["gunicorn", "teamhub.wsgi", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8"]
