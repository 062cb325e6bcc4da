export default {
  build: { rolldownOptions: { input: ["index.html", "service.html", "component.html"] } },
};
