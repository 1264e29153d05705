/**
 * The elements of the component and their attributes. This file is made from the classes in `sketchkit/widgets` by
 * `make types`; do not edit it.
 * @module
 */

/**
 * A drawing: its first point, and three numbers for each further point: the offset from the previous point, and 1 if a
 * stroke ends there.
 * @typedef {{start: [number, number], rows: number[]}} Drawing
 */

/**
 * A trait of a widget.
 * @typedef {object} Trait
 * @property {string} kind
 * @property {any} value its default
 * @property {number} [min]
 * @property {number} [max]
 * @property {number} [step] 1 for whole numbers
 * @property {string[]} [values] allowed values
 * @property {boolean} [input] whether it is a drawing by the user
 * @property {boolean} [result] whether the model computes it
 * @property {boolean} [reset] whether the reset button changes it
 */

/**
 * A widget.
 * @typedef {object} Widget
 * @property {string} view name of its view
 * @property {string} name name of its class in Python
 * @property {boolean} needsModel
 * @property {boolean} needsCode whether it needs a model with a latent code
 * @property {boolean} needsCategories whether it needs a model with two or more categories
 * @property {number | null} temperature default temperature; null: that of the model
 * @property {Record<string, Trait>} traits by the names of the properties
 * @property {Record<string, string[]>} arguments arguments in Python by name, each with the traits that it can set:
 *   first the trait for a drawing or drawings, then, if the argument accepts codes, the trait for a code
 */

/**
 * The properties of `<sketch-complete>`. Draw together with a model: when you lift the pen, the model continues on the same pad, in a second ink.
 * @typedef {object} CompleteProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {boolean} auto Whether the model continues when the pen is lifted.
 * @property {boolean[]} by_model For each stroke of `completion`, whether the model drew it.
 * @property {string} category Category to draw.
 * @property {Drawing} completion The drawing on the pad.
 * @property {Drawing[]} drawings The endings next to the pad.
 * @property {number} epsilon
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {number[][][]} ink Strokes as they were drawn, with pressure.
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {string[]} models Names or paths of the models to choose from.
 * @property {number} seed Seed of the random numbers.
 * @property {Drawing} sketch The strokes of the user.
 * @property {"slow" | "lively" | "fast" | "instant"} speed
 * @property {string} task Text above the widget.
 * @property {number} temperature Temperature; 0 is greedy. Default: the model's recommended temperature.
 * @property {number} variants
 */

/**
 * The properties of `<sketch-gallery>`. Show drawings in a grid, and play back how they were drawn.
 * @typedef {object} GalleryProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {boolean[][]} by_model For each drawing, whether the model drew each of its strokes; an empty list means none.
 * @property {Drawing[]} drawings The drawings.
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {string[]} names Names of the drawings.
 * @property {string} task Text above the widget.
 * @property {Drawing[]} papers Sets `drawings`.
 */

/**
 * The properties of `<sketch-guess>`. Draw a category that the widget names, while the model guesses what the drawing shows.
 * @typedef {object} GuessProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {string} category Category that the user is asked to draw.
 * @property {number} epsilon
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {number[][][]} ink Strokes as they were drawn, with pressure.
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {string[]} models Names or paths of the models to choose from.
 * @property {number[]} probabilities Probability of each category.
 * @property {number} seconds Time limit for a drawing in seconds; 0 for none.
 * @property {number} seed Seed of the random numbers.
 * @property {Drawing} sketch The drawing.
 * @property {string} task Text above the widget.
 * @property {number} temperature Temperature; 0 is greedy. Default: the model's recommended temperature.
 */

/**
 * The properties of `<sketch-latent-slider>`. Vary one dimension of a latent code while the others stay the same.
 * @typedef {object} LatentSliderProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {number} dimension Index of the dimension.
 * @property {Drawing} given The drawing that is encoded.
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {string[]} models Names or paths of the models to choose from.
 * @property {number} seed Seed of the random numbers.
 * @property {Drawing} sketch The drawing decoded from the code with this value.
 * @property {string} task Text above the widget.
 * @property {number} temperature Temperature; 0 is greedy. Default: the model's recommended temperature.
 * @property {number} value Value of the dimension.
 * @property {number[]} z The latent code, unchanged by `value`.
 */

/**
 * The properties of `<sketch-latent-sliders>`. Change attributes of a drawing, with one slider for each direction of the latent space.
 * @typedef {object} LatentSlidersProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {Record<string, number | number[]>} directions The vector of each direction, with its name as key.
 * @property {Drawing} given The drawing that is encoded.
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {string[]} models Names or paths of the models to choose from.
 * @property {number} seed Seed of the random numbers.
 * @property {Drawing} sketch The drawing decoded from the code that results from the strengths.
 * @property {Record<string, number | number[]>} strengths The strength of each direction, with its name as key.
 * @property {string} task Text above the widget.
 * @property {number} temperature Temperature; 0 is greedy. Default: the model's recommended temperature.
 * @property {number[]} z The latent code of the start.
 * @property {Drawing | number[]} start Sets `given` or `z`.
 */

/**
 * The properties of `<sketch-morph>`. Interpolate with a slider between two or more drawings, or over the square between four drawings.
 * @typedef {object} MorphProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {number} epsilon
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {"slerp" | "lerp"} interpolation
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {string[]} models Names or paths of the models to choose from.
 * @property {number[][]} path Codes on the path.
 * @property {number} seed Seed of the random numbers.
 * @property {Drawing} sketch Drawing at t and u.
 * @property {Drawing} sketch_a Drawing at end a, empty if the end is a code.
 * @property {Drawing} sketch_b Drawing at end b, empty if the end is a code.
 * @property {Drawing} sketch_c Drawing at end c, empty if the end is a code.
 * @property {Drawing} sketch_d Drawing at end d, empty if the end is a code.
 * @property {boolean} square Whether to interpolate between four ends instead of two.
 * @property {number} t
 * @property {string} task Text above the widget.
 * @property {number} temperature Temperature; 0 is greedy. Default: the model's recommended temperature.
 * @property {number} u
 * @property {number[]} z Latent code at t and u.
 * @property {number[]} z_a Latent code of end a.
 * @property {number[]} z_b Latent code of end b.
 * @property {number[]} z_c Latent code of end c.
 * @property {number[]} z_d Latent code of end d.
 * @property {Drawing | number[]} a Sets `sketch_a` or `z_a`.
 * @property {Drawing | number[]} b Sets `sketch_b` or `z_b`.
 * @property {Drawing | number[]} c Sets `sketch_c` or `z_c`.
 * @property {Drawing | number[]} d Sets `sketch_d` or `z_d`.
 */

/**
 * The properties of `<sketch-next-point>`. Draw, and see the model's prediction: the density of the next point as a heat map, and the pen probabilities.
 * @typedef {object} NextPointProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {string} category Category that the model expects.
 * @property {number} epsilon
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {number[][][]} ink Strokes as they were drawn, with pressure.
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {string[]} models Names or paths of the models to choose from.
 * @property {number[]} pen Probabilities of pen down, pen up and end.
 * @property {number} seed Seed of the random numbers.
 * @property {Drawing} sketch The drawing.
 * @property {string} task Text above the widget.
 * @property {number} temperature Temperature; 0 is greedy. Default: the model's recommended temperature.
 */

/**
 * The properties of `<sketch-reconstruct>`. Encode a drawing and reconstruct it one to nine times.
 * @typedef {object} ReconstructProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {number[]} distances Distances of the reconstructions.
 * @property {Drawing[]} drawings The reconstructions.
 * @property {number} epsilon
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {number[][][]} ink Strokes as they were drawn, with pressure.
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {string[]} models Names or paths of the models to choose from.
 * @property {number} seed Seed of the random numbers.
 * @property {Drawing} sketch The drawing to reconstruct.
 * @property {string} task Text above the widget.
 * @property {number} temperature Temperature; 0 is greedy. Default: the model's recommended temperature.
 * @property {number} variants
 * @property {number[]} z Latent code of the drawing.
 */

/**
 * The properties of `<sketch-pad>`. Draw with mouse, pen or touch; `pad.sketch` is updated when a stroke ends.
 * @typedef {object} SketchPadProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {boolean} collect Whether to show a button that keeps the drawing.
 * @property {Drawing[]} drawings Kept drawings.
 * @property {number} epsilon Tolerance of the simplification.
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {number[][][]} ink Strokes as they were drawn, with pressure.
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {Drawing} sketch The drawing.
 * @property {string} task Text above the widget.
 */

/**
 * The properties of `<sketch-temperature-slider>`. Show a drawing decoded from a latent code, or by an unconditional model, at different temperatures.
 * @typedef {object} TemperatureSliderProperties
 * @property {boolean} ask_name Whether the widget asks for a name, with which the names of saved files begin.
 * @property {boolean} density Whether to show the density of the next point.
 * @property {string[]} hidden_controls Names of hidden controls.
 * @property {string[]} locked_controls Names of controls that cannot be used.
 * @property {string[]} models Names or paths of the models to choose from.
 * @property {number} seed Seed of the random numbers.
 * @property {Drawing} sketch The drawing.
 * @property {string} task Text above the widget.
 * @property {number} temperature Temperature; 0 is greedy. Default: the model's recommended temperature.
 * @property {number[]} z The latent code.
 */

/** The widgets by the names of their elements. @type {Record<string, Widget>} */
export const WIDGETS = {
  "sketch-complete": {
    view: "complete", name: "Complete", needsModel: true, needsCode: false, needsCategories: false, temperature: null, arguments: {},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      auto: {"kind": "boolean", "value": true, "reset": true},
      by_model: {"kind": "booleans", "value": [], "result": true, "reset": true},
      category: {"kind": "text", "value": "", "reset": true},
      completion: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "result": true, "reset": true},
      drawings: {"kind": "drawings", "value": [], "result": true, "reset": true},
      epsilon: {"kind": "number", "value": 2.0, "min": 0, "reset": true},
      hidden_controls: {"kind": "texts", "value": []},
      ink: {"kind": "ink", "value": [], "reset": true},
      locked_controls: {"kind": "texts", "value": []},
      models: {"kind": "texts", "value": []},
      seed: {"kind": "number", "value": 0, "min": 0, "max": 9007199254740991, "step": 1, "reset": true},
      sketch: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      speed: {"kind": "text", "value": "lively", "values": ["slow", "lively", "fast", "instant"], "reset": true},
      task: {"kind": "text", "value": ""},
      temperature: {"kind": "number", "value": 0.3, "min": 0, "max": 10, "reset": true},
      variants: {"kind": "number", "value": 0, "min": 0, "max": 9, "step": 1, "reset": true},
    },
  },
  "sketch-gallery": {
    view: "gallery", name: "Gallery", needsModel: false, needsCode: false, needsCategories: false, temperature: null, arguments: {"papers": ["drawings"]},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      by_model: {"kind": "marks", "value": []},
      drawings: {"kind": "drawings", "value": []},
      hidden_controls: {"kind": "texts", "value": []},
      locked_controls: {"kind": "texts", "value": []},
      names: {"kind": "texts", "value": []},
      task: {"kind": "text", "value": ""},
    },
  },
  "sketch-guess": {
    view: "guess", name: "Guess", needsModel: true, needsCode: false, needsCategories: true, temperature: null, arguments: {},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      category: {"kind": "text", "value": "", "reset": true},
      epsilon: {"kind": "number", "value": 2.0, "min": 0, "reset": true},
      hidden_controls: {"kind": "texts", "value": []},
      ink: {"kind": "ink", "value": [], "reset": true},
      locked_controls: {"kind": "texts", "value": []},
      models: {"kind": "texts", "value": []},
      probabilities: {"kind": "numbers", "value": [], "result": true, "reset": true},
      seconds: {"kind": "number", "value": 0, "min": 0, "max": 600, "step": 1},
      seed: {"kind": "number", "value": 0, "min": 0, "max": 9007199254740991, "step": 1, "reset": true},
      sketch: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      task: {"kind": "text", "value": ""},
      temperature: {"kind": "number", "value": 0.3, "min": 0, "max": 10, "reset": true},
    },
  },
  "sketch-latent-slider": {
    view: "latent_slider", name: "LatentSlider", needsModel: true, needsCode: true, needsCategories: false, temperature: 0.1, arguments: {"z": ["given", "z"]},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      dimension: {"kind": "number", "value": 0, "min": 0, "step": 1, "reset": true},
      given: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      hidden_controls: {"kind": "texts", "value": []},
      locked_controls: {"kind": "texts", "value": []},
      models: {"kind": "texts", "value": []},
      seed: {"kind": "number", "value": 0, "min": 0, "max": 9007199254740991, "step": 1, "reset": true},
      sketch: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "result": true, "reset": true},
      task: {"kind": "text", "value": ""},
      temperature: {"kind": "number", "value": 0.3, "min": 0, "max": 10, "reset": true},
      value: {"kind": "number", "value": 0.0, "result": true, "reset": true},
      z: {"kind": "numbers", "value": [], "result": true, "reset": true},
    },
  },
  "sketch-latent-sliders": {
    view: "latent_sliders", name: "LatentSliders", needsModel: true, needsCode: true, needsCategories: false, temperature: 0.1, arguments: {"start": ["given", "z"]},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      directions: {"kind": "named", "value": {}},
      given: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      hidden_controls: {"kind": "texts", "value": []},
      locked_controls: {"kind": "texts", "value": []},
      models: {"kind": "texts", "value": []},
      seed: {"kind": "number", "value": 0, "min": 0, "max": 9007199254740991, "step": 1, "reset": true},
      sketch: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "result": true, "reset": true},
      strengths: {"kind": "named", "value": {}, "reset": true},
      task: {"kind": "text", "value": ""},
      temperature: {"kind": "number", "value": 0.3, "min": 0, "max": 10, "reset": true},
      z: {"kind": "numbers", "value": [], "result": true, "reset": true},
    },
  },
  "sketch-morph": {
    view: "morph", name: "Morph", needsModel: true, needsCode: true, needsCategories: false, temperature: 0.1, arguments: {"a": ["sketch_a", "z_a"], "b": ["sketch_b", "z_b"], "c": ["sketch_c", "z_c"], "d": ["sketch_d", "z_d"]},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      epsilon: {"kind": "number", "value": 2.0, "min": 0, "reset": true},
      hidden_controls: {"kind": "texts", "value": []},
      interpolation: {"kind": "text", "value": "slerp", "values": ["slerp", "lerp"], "reset": true},
      locked_controls: {"kind": "texts", "value": []},
      models: {"kind": "texts", "value": []},
      path: {"kind": "codes", "value": []},
      seed: {"kind": "number", "value": 1, "min": 0, "max": 9007199254740991, "step": 1, "reset": true},
      sketch: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "result": true, "reset": true},
      sketch_a: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      sketch_b: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      sketch_c: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      sketch_d: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      square: {"kind": "boolean", "value": false},
      t: {"kind": "number", "value": 0.5, "min": 0, "max": 1, "reset": true},
      task: {"kind": "text", "value": ""},
      temperature: {"kind": "number", "value": 0.3, "min": 0, "max": 10, "reset": true},
      u: {"kind": "number", "value": 0.5, "min": 0, "max": 1, "reset": true},
      z: {"kind": "numbers", "value": [], "result": true, "reset": true},
      z_a: {"kind": "numbers", "value": [], "result": true, "reset": true},
      z_b: {"kind": "numbers", "value": [], "result": true, "reset": true},
      z_c: {"kind": "numbers", "value": [], "result": true, "reset": true},
      z_d: {"kind": "numbers", "value": [], "result": true, "reset": true},
    },
  },
  "sketch-next-point": {
    view: "next_point", name: "NextPoint", needsModel: true, needsCode: false, needsCategories: false, temperature: null, arguments: {},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      category: {"kind": "text", "value": "", "reset": true},
      epsilon: {"kind": "number", "value": 2.0, "min": 0, "reset": true},
      hidden_controls: {"kind": "texts", "value": []},
      ink: {"kind": "ink", "value": [], "reset": true},
      locked_controls: {"kind": "texts", "value": []},
      models: {"kind": "texts", "value": []},
      pen: {"kind": "numbers", "value": [], "result": true, "reset": true},
      seed: {"kind": "number", "value": 0, "min": 0, "max": 9007199254740991, "step": 1, "reset": true},
      sketch: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      task: {"kind": "text", "value": ""},
      temperature: {"kind": "number", "value": 0.3, "min": 0, "max": 10, "reset": true},
    },
  },
  "sketch-reconstruct": {
    view: "reconstruct", name: "Reconstruct", needsModel: true, needsCode: true, needsCategories: false, temperature: null, arguments: {},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      distances: {"kind": "numbers", "value": [], "result": true, "reset": true},
      drawings: {"kind": "drawings", "value": [], "result": true, "reset": true},
      epsilon: {"kind": "number", "value": 2.0, "min": 0, "reset": true},
      hidden_controls: {"kind": "texts", "value": []},
      ink: {"kind": "ink", "value": [], "reset": true},
      locked_controls: {"kind": "texts", "value": []},
      models: {"kind": "texts", "value": []},
      seed: {"kind": "number", "value": 0, "min": 0, "max": 9007199254740991, "step": 1, "reset": true},
      sketch: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      task: {"kind": "text", "value": ""},
      temperature: {"kind": "number", "value": 0.3, "min": 0, "max": 10, "reset": true},
      variants: {"kind": "number", "value": 6, "min": 1, "max": 9, "step": 1, "reset": true},
      z: {"kind": "numbers", "value": [], "result": true, "reset": true},
    },
  },
  "sketch-pad": {
    view: "pad", name: "SketchPad", needsModel: false, needsCode: false, needsCategories: false, temperature: null, arguments: {},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      collect: {"kind": "boolean", "value": false},
      drawings: {"kind": "drawings", "value": []},
      epsilon: {"kind": "number", "value": 2.0, "min": 0, "reset": true},
      hidden_controls: {"kind": "texts", "value": []},
      ink: {"kind": "ink", "value": [], "reset": true},
      locked_controls: {"kind": "texts", "value": []},
      sketch: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "input": true, "reset": true},
      task: {"kind": "text", "value": ""},
    },
  },
  "sketch-temperature-slider": {
    view: "temperature_slider", name: "TemperatureSlider", needsModel: true, needsCode: false, needsCategories: false, temperature: null, arguments: {},
    traits: {
      ask_name: {"kind": "boolean", "value": false},
      density: {"kind": "boolean", "value": false, "reset": true},
      hidden_controls: {"kind": "texts", "value": []},
      locked_controls: {"kind": "texts", "value": []},
      models: {"kind": "texts", "value": []},
      seed: {"kind": "number", "value": 0, "min": 0, "max": 9007199254740991, "step": 1, "reset": true},
      sketch: {"kind": "drawing", "value": {"start": [0, 0], "rows": []}, "result": true, "reset": true},
      task: {"kind": "text", "value": ""},
      temperature: {"kind": "number", "value": 0.3, "min": 0, "max": 10, "reset": true},
      z: {"kind": "numbers", "value": [], "reset": true},
    },
  },
};
