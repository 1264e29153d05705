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
export const WIDGETS: Record<string, Widget>;
/**
 * A drawing: its first point, and three numbers for each further point: the offset from the previous point, and 1 if a
 * stroke ends there.
 */
export type Drawing = {
    start: [number, number];
    rows: number[];
};
/**
 * A trait of a widget.
 */
export type Trait = {
    kind: string;
    /**
     * its default
     */
    value: any;
    min?: number | undefined;
    max?: number | undefined;
    /**
     * 1 for whole numbers
     */
    step?: number | undefined;
    /**
     * allowed values
     */
    values?: string[] | undefined;
    /**
     * whether it is a drawing by the user
     */
    input?: boolean | undefined;
    /**
     * whether the model computes it
     */
    result?: boolean | undefined;
    /**
     * whether the reset button changes it
     */
    reset?: boolean | undefined;
};
/**
 * A widget.
 */
export type Widget = {
    /**
     * name of its view
     */
    view: string;
    /**
     * name of its class in Python
     */
    name: string;
    needsModel: boolean;
    /**
     * whether it needs a model with a latent code
     */
    needsCode: boolean;
    /**
     * whether it needs a model with two or more categories
     */
    needsCategories: boolean;
    /**
     * default temperature; null: that of the model
     */
    temperature: number | null;
    /**
     * by the names of the properties
     */
    traits: Record<string, Trait>;
    /**
     * arguments in Python by name, each with the traits that it can set:
     * first the trait for a drawing or drawings, then, if the argument accepts codes, the trait for a code
     */
    arguments: Record<string, string[]>;
};
/**
 * The properties of `<sketch-complete>`. Draw together with a model: when you lift the pen, the model continues on the same pad, in a second ink.
 */
export type CompleteProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    /**
     * Whether the model continues when the pen is lifted.
     */
    auto: boolean;
    /**
     * For each stroke of `completion`, whether the model drew it.
     */
    by_model: boolean[];
    /**
     * Category to draw.
     */
    category: string;
    /**
     * The drawing on the pad.
     */
    completion: Drawing;
    /**
     * The endings next to the pad.
     */
    drawings: Drawing[];
    epsilon: number;
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    /**
     * Strokes as they were drawn, with pressure.
     */
    ink: number[][][];
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * Names or paths of the models to choose from.
     */
    models: string[];
    /**
     * Seed of the random numbers.
     */
    seed: number;
    /**
     * The strokes of the user.
     */
    sketch: Drawing;
    speed: "slow" | "lively" | "fast" | "instant";
    /**
     * Text above the widget.
     */
    task: string;
    /**
     * Temperature; 0 is greedy. Default: the model's recommended temperature.
     */
    temperature: number;
    variants: number;
};
/**
 * The properties of `<sketch-gallery>`. Show drawings in a grid, and play back how they were drawn.
 */
export type GalleryProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    /**
     * For each drawing, whether the model drew each of its strokes; an empty list means none.
     */
    by_model: boolean[][];
    /**
     * The drawings.
     */
    drawings: Drawing[];
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * Names of the drawings.
     */
    names: string[];
    /**
     * Text above the widget.
     */
    task: string;
    /**
     * Sets `drawings`.
     */
    papers: Drawing[];
};
/**
 * The properties of `<sketch-guess>`. Draw a category that the widget names, while the model guesses what the drawing shows.
 */
export type GuessProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    /**
     * Category that the user is asked to draw.
     */
    category: string;
    epsilon: number;
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    /**
     * Strokes as they were drawn, with pressure.
     */
    ink: number[][][];
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * Names or paths of the models to choose from.
     */
    models: string[];
    /**
     * Probability of each category.
     */
    probabilities: number[];
    /**
     * Time limit for a drawing in seconds; 0 for none.
     */
    seconds: number;
    /**
     * Seed of the random numbers.
     */
    seed: number;
    /**
     * The drawing.
     */
    sketch: Drawing;
    /**
     * Text above the widget.
     */
    task: string;
    /**
     * Temperature; 0 is greedy. Default: the model's recommended temperature.
     */
    temperature: number;
};
/**
 * The properties of `<sketch-latent-slider>`. Vary one dimension of a latent code while the others stay the same.
 */
export type LatentSliderProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    /**
     * Index of the dimension.
     */
    dimension: number;
    /**
     * The drawing that is encoded.
     */
    given: Drawing;
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * Names or paths of the models to choose from.
     */
    models: string[];
    /**
     * Seed of the random numbers.
     */
    seed: number;
    /**
     * The drawing decoded from the code with this value.
     */
    sketch: Drawing;
    /**
     * Text above the widget.
     */
    task: string;
    /**
     * Temperature; 0 is greedy. Default: the model's recommended temperature.
     */
    temperature: number;
    /**
     * Value of the dimension.
     */
    value: number;
    /**
     * The latent code, unchanged by `value`.
     */
    z: number[];
};
/**
 * The properties of `<sketch-latent-sliders>`. Change attributes of a drawing, with one slider for each direction of the latent space.
 */
export type LatentSlidersProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    /**
     * The vector of each direction, with its name as key.
     */
    directions: Record<string, number | number[]>;
    /**
     * The drawing that is encoded.
     */
    given: Drawing;
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * Names or paths of the models to choose from.
     */
    models: string[];
    /**
     * Seed of the random numbers.
     */
    seed: number;
    /**
     * The drawing decoded from the code that results from the strengths.
     */
    sketch: Drawing;
    /**
     * The strength of each direction, with its name as key.
     */
    strengths: Record<string, number | number[]>;
    /**
     * Text above the widget.
     */
    task: string;
    /**
     * Temperature; 0 is greedy. Default: the model's recommended temperature.
     */
    temperature: number;
    /**
     * The latent code of the start.
     */
    z: number[];
    /**
     * Sets `given` or `z`.
     */
    start: Drawing | number[];
};
/**
 * The properties of `<sketch-morph>`. Interpolate with a slider between two or more drawings, or over the square between four drawings.
 */
export type MorphProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    epsilon: number;
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    interpolation: "slerp" | "lerp";
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * Names or paths of the models to choose from.
     */
    models: string[];
    /**
     * Codes on the path.
     */
    path: number[][];
    /**
     * Seed of the random numbers.
     */
    seed: number;
    /**
     * Drawing at t and u.
     */
    sketch: Drawing;
    /**
     * Drawing at end a, empty if the end is a code.
     */
    sketch_a: Drawing;
    /**
     * Drawing at end b, empty if the end is a code.
     */
    sketch_b: Drawing;
    /**
     * Drawing at end c, empty if the end is a code.
     */
    sketch_c: Drawing;
    /**
     * Drawing at end d, empty if the end is a code.
     */
    sketch_d: Drawing;
    /**
     * Whether to interpolate between four ends instead of two.
     */
    square: boolean;
    t: number;
    /**
     * Text above the widget.
     */
    task: string;
    /**
     * Temperature; 0 is greedy. Default: the model's recommended temperature.
     */
    temperature: number;
    u: number;
    /**
     * Latent code at t and u.
     */
    z: number[];
    /**
     * Latent code of end a.
     */
    z_a: number[];
    /**
     * Latent code of end b.
     */
    z_b: number[];
    /**
     * Latent code of end c.
     */
    z_c: number[];
    /**
     * Latent code of end d.
     */
    z_d: number[];
    /**
     * Sets `sketch_a` or `z_a`.
     */
    a: Drawing | number[];
    /**
     * Sets `sketch_b` or `z_b`.
     */
    b: Drawing | number[];
    /**
     * Sets `sketch_c` or `z_c`.
     */
    c: Drawing | number[];
    /**
     * Sets `sketch_d` or `z_d`.
     */
    d: Drawing | number[];
};
/**
 * The properties of `<sketch-next-point>`. Draw, and see the model's prediction: the density of the next point as a heat map, and the pen probabilities.
 */
export type NextPointProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    /**
     * Category that the model expects.
     */
    category: string;
    epsilon: number;
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    /**
     * Strokes as they were drawn, with pressure.
     */
    ink: number[][][];
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * Names or paths of the models to choose from.
     */
    models: string[];
    /**
     * Probabilities of pen down, pen up and end.
     */
    pen: number[];
    /**
     * Seed of the random numbers.
     */
    seed: number;
    /**
     * The drawing.
     */
    sketch: Drawing;
    /**
     * Text above the widget.
     */
    task: string;
    /**
     * Temperature; 0 is greedy. Default: the model's recommended temperature.
     */
    temperature: number;
};
/**
 * The properties of `<sketch-reconstruct>`. Encode a drawing and reconstruct it one to nine times.
 */
export type ReconstructProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    /**
     * Distances of the reconstructions.
     */
    distances: number[];
    /**
     * The reconstructions.
     */
    drawings: Drawing[];
    epsilon: number;
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    /**
     * Strokes as they were drawn, with pressure.
     */
    ink: number[][][];
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * Names or paths of the models to choose from.
     */
    models: string[];
    /**
     * Seed of the random numbers.
     */
    seed: number;
    /**
     * The drawing to reconstruct.
     */
    sketch: Drawing;
    /**
     * Text above the widget.
     */
    task: string;
    /**
     * Temperature; 0 is greedy. Default: the model's recommended temperature.
     */
    temperature: number;
    variants: number;
    /**
     * Latent code of the drawing.
     */
    z: number[];
};
/**
 * The properties of `<sketch-pad>`. Draw with mouse, pen or touch; `pad.sketch` is updated when a stroke ends.
 */
export type SketchPadProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    /**
     * Whether to show a button that keeps the drawing.
     */
    collect: boolean;
    /**
     * Kept drawings.
     */
    drawings: Drawing[];
    /**
     * Tolerance of the simplification.
     */
    epsilon: number;
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    /**
     * Strokes as they were drawn, with pressure.
     */
    ink: number[][][];
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * The drawing.
     */
    sketch: Drawing;
    /**
     * Text above the widget.
     */
    task: string;
};
/**
 * The properties of `<sketch-temperature-slider>`. Show a drawing decoded from a latent code, or by an unconditional model, at different temperatures.
 */
export type TemperatureSliderProperties = {
    /**
     * Whether the widget asks for a name, with which the names of saved files begin.
     */
    ask_name: boolean;
    /**
     * Whether to show the density of the next point.
     */
    density: boolean;
    /**
     * Names of hidden controls.
     */
    hidden_controls: string[];
    /**
     * Names of controls that cannot be used.
     */
    locked_controls: string[];
    /**
     * Names or paths of the models to choose from.
     */
    models: string[];
    /**
     * Seed of the random numbers.
     */
    seed: number;
    /**
     * The drawing.
     */
    sketch: Drawing;
    /**
     * Text above the widget.
     */
    task: string;
    /**
     * Temperature; 0 is greedy. Default: the model's recommended temperature.
     */
    temperature: number;
    /**
     * The latent code.
     */
    z: number[];
};
