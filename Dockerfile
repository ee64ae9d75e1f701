# docker.io/library/node:24.21.0-trixie-slim
FROM docker.io/library/node:24.21.0-trixie-slim@sha256:8ec5d7557396cfe32d21c3f9c13072355ceab22b584578ca4bb28af31120cffe AS build
WORKDIR /build
# Alone, so that a change of the sources does not install anything again.
COPY package.json package-lock.json .npmrc ./
RUN --mount=type=cache,target=/root/.npm npm ci --ignore-scripts --no-audit
COPY scripts/build.ts scripts/command.ts scripts/errors.ts scripts/progress.ts scripts/
COPY app app
COPY certificates certificates
RUN npm run build && mkdir data

# gcr.io/distroless/nodejs24-debian13:nonroot of October 2026: Node and what it needs, no shell, no package manager.
FROM gcr.io/distroless/nodejs24-debian13:nonroot@sha256:9eeb7f5887d0e239e78264b06f7f11d2e14be534050481803a9e4728fcdd278e
ARG REVISION=unknown
ARG SOURCE=https://github.com/ansari-project/ansari-whatsapp
LABEL org.opencontainers.image.title="ansari-whatsapp" \
      org.opencontainers.image.description="The WhatsApp web service of Ansari" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.revision="${REVISION}"
# Root owns them, so the program cannot change itself.
COPY --from=build /build/dist/server/ /app/
WORKDIR /app
# Where SQLite's file goes when a volume is mounted there; in AWS nothing is written.
COPY --from=build --chown=65532:65532 /build/data /data
# A container is reached from outside: without its secrets it does not start (exit code 78), instead of taking those of
# `local`, which everybody can read.
ENV NODE_ENV=production DEPLOYMENT_TYPE=production SQLITE_PATH=/data/ansari-whatsapp.db
USER 65532:65532
EXPOSE 8001
ENTRYPOINT ["/nodejs/bin/node"]
CMD ["--enable-source-maps", "/app/index.js"]
