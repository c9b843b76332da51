# The production image: the same steps as on any machine, without the embedded database.
FROM node:24-bookworm-slim
WORKDIR /signalbox
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . .
RUN npm run build && npm prune --omit=dev --no-audit --no-fund && mkdir data && chown node:node data
USER node
ENV NODE_ENV=production HOST=0.0.0.0 DATA_DIR=/signalbox/data
EXPOSE 4000
VOLUME /signalbox/data
CMD ["node", "--enable-source-maps", "dist/src/main.js"]
