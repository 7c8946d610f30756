# gait serve for a club's computer: CPU only, no root, one volume with all data.
#   docker build -t gait . && docker compose up
FROM python:3.12-slim-bookworm AS build
RUN python -m venv /opt/gait
COPY . /src
RUN /opt/gait/bin/pip install --no-cache-dir --disable-pip-version-check -c /src/constraints.txt /src

FROM python:3.12-slim-bookworm
# What OpenCV and MediaPipe load.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends libgl1 libegl1 libgles2 libglib2.0-0 \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --create-home --uid 10001 gait \
 && install --directory --owner=gait --mode=0700 /data
COPY --from=build /opt/gait /opt/gait
ENV PATH=/opt/gait/bin:$PATH PYTHONUNBUFFERED=1 MPLCONFIGDIR=/tmp/matplotlib
USER gait
VOLUME /data
EXPOSE 8765
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request as u; u.urlopen('http://127.0.0.1:8765/healthz', timeout=4)"]
# --lan: other devices come in with a code, which `docker compose logs` shows. GAIT_SERVE_HOSTS: names of the machine.
CMD ["gait", "serve", "--lan", "--no-browser", "--data", "/data"]
