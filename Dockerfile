# One image; the command chooses the process: `rapport web SERVICE`, `rapport work SERVICE`, `rapport migrate`, ...
FROM python:3.11-slim
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
COPY requirements/run.txt requirements/run.txt
RUN python3 -m venv /venv && /venv/bin/pip install --no-cache-dir --no-deps --require-hashes -r requirements/run.txt
COPY pyproject.toml README.md LICENSE ./
COPY rapport rapport
COPY services services
COPY shared shared
RUN printf '/app\n' > "$(/venv/bin/python -c 'import site; print(site.getsitepackages()[0])')/rapport.pth" \
 && printf '#!/bin/sh\nexec /venv/bin/python -m rapport "$@"\n' > /usr/local/bin/rapport && chmod +x /usr/local/bin/rapport \
 && useradd --system --uid 10001 rapport && install -d -o rapport /data
USER rapport
ENV RAPPORT_DATA=/data RAPPORT_HOST=0.0.0.0 RAPPORT_PORT=8000
EXPOSE 8000
ENTRYPOINT ["rapport"]
CMD ["up"]
