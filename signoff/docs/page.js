"use strict";

const place = document.getElementById("reference");

// References inside the document are resolved against its address, which must be one of http(s) even where the
// page is a file. Nothing is ever fetched from there, nor is it shown.
const withoutAddress = {
  statePlugins: { spec: { wrapSelectors: { url: () => () => "https://document.invalid/" } } },
  wrapComponents: { InfoUrl: () => () => null },
};

SwaggerUIBundle({
  spec: JSON.parse(document.getElementById("document").textContent),
  domNode: place,
  presets: [SwaggerUIBundle.presets.apis],
  plugins: [withoutAddress],
  deepLinking: true,
  docExpansion: place.dataset.expansion,
  filter: place.dataset.expansion === "list",
  defaultModelExpandDepth: 3,
  supportedSubmitMethods: [],
  validatorUrl: null,
});
