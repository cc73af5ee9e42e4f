"use strict";

const place = document.getElementById("reference");
SwaggerUIBundle({
  spec: JSON.parse(document.getElementById("document").textContent),
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  deepLinking: true,
  docExpansion: place.dataset.expansion,
  filter: place.dataset.expansion === "list",
  defaultModelExpandDepth: 3,
  displayRequestDuration: false,
  supportedSubmitMethods: [],
  validatorUrl: null,
});
