// Draws the API from its schema. Nothing leaves the page: no online validator, and the token is forgotten on reload.
const place = document.getElementById("api");
SwaggerUIBundle({
  url: place.dataset.schema,
  dom_id: "#api",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  validatorUrl: null,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  displayRequestDuration: true,
});
