/**
 * German translations of the labels and messages of the widgets, by their English text; see words.js.
 * @module
 */

/** @type {Record<string, string>} */
export const GERMAN = {
  // drawing
  "Undo": "Rückgängig", "Redo": "Wiederholen", "Erase": "Radieren", "Clear": "Leeren", "Clear the paper": "Das Papier leeren",
  "Erase strokes: click them or drag over them": "Striche radieren: anklicken oder darüberziehen",
  "Zoom in": "Vergrößern", "Zoom out": "Verkleinern", "Fit": "Einpassen", "Fit the drawing": "Die Zeichnung einpassen",
  "Move the paper": "Papier verschieben", "Drag to move the paper": "Ziehen verschiebt das Papier", "H, arrow keys": "H, Pfeiltasten",
  "Show the model's input": "Eingabe des Modells zeigen", "Full screen": "Vollbild", "Ctrl+Z": "Strg+Z", "Ctrl+Shift+Z": "Strg+Umschalt+Z",
  "Delete": "Entf", "Toolbar": "Werkzeugleiste", "{label} tools": "{label}: Werkzeuge",
  "Show the points that are left after simplification, and the pen-up moves":
    "Die Punkte zeigen, die nach der Vereinfachung bleiben, und die Bewegungen mit gehobenem Stift",
  "draw with mouse, pen or touch. Ctrl+Z undoes. The plus and minus keys zoom, and the arrow keys move the paper.":
    "mit Maus, Stift oder Finger zeichnen. Strg+Z macht rückgängig. Die Tasten Plus und Minus vergrößern und verkleinern, die Pfeiltasten verschieben das Papier.",
  "Sketch pad": "Zeichenblock", "Draw with mouse, pen or touch.": "Zeichne mit Maus, Stift oder Finger.",
  "Simplify": "Vereinfachen", "Tolerance of the simplification: a larger value leaves fewer points":
    "Toleranz der Vereinfachung: Ein größerer Wert lässt weniger Punkte übrig",
  "1 point": "1 Punkt", "{count} points": "{count} Punkte", "1 stroke": "1 Strich", "{count} strokes": "{count} Striche",
  "Keep": "Behalten", "Keep this drawing and clear the pad for the next one": "Diese Zeichnung behalten und das Papier für die nächste leeren",
  "{count} kept": "{count} behalten", "Kept drawings": "Behaltene Zeichnungen", "Click to remove": "Klicken zum Entfernen",
  "Drawing {number}": "Zeichnung {number}", "Remove drawing {number}": "Zeichnung {number} entfernen",
  // playback, copies and files
  "Play back": "Abspielen", "Play back {label}": "{label} abspielen", "Playback": "Wiedergabe", "Playback of {label}": "Wiedergabe: {label}",
  "Show how this was drawn, stroke by stroke": "Strich für Strich zeigen, wie dies gezeichnet wurde",
  "Position in the drawing": "Stelle in der Zeichnung", "Play": "Abspielen", "Pause": "Pause", "Stop": "Anhalten",
  "Copy or save": "Kopieren oder speichern", "Copy or save {label}": "{label} kopieren oder speichern", "Tools of {label}": "Werkzeuge: {label}",
  "Copy as PNG": "Als PNG kopieren", "Copy as SVG": "Als SVG kopieren", "Save as PNG": "Als PNG speichern", "Save as SVG": "Als SVG speichern",
  "Save as animated SVG": "Als animiertes SVG speichern", "Save as GIF": "Als GIF speichern", "Save as JSON": "Als JSON speichern",
  "Your name": "Dein Name", "Files that you save begin with this name": "Dateien, die du speicherst, beginnen mit diesem Namen",
  "Copied.": "Kopiert.", "There is no drawing yet.": "Es gibt noch keine Zeichnung.", "There are no drawings yet.": "Es gibt noch keine Zeichnungen.", "The browser refused: {reason}": "Der Browser hat abgelehnt: {reason}",
  "the drawing": "Zeichnung", "the drawings": "Zeichnungen", "the kept drawings": "Behaltene Zeichnungen", "the endings": "Enden",
  "the morph": "Übergang", "the reconstructions": "Rekonstruktionen", "all temperatures": "Alle Temperaturen", "all values": "Alle Werte",
  // settings of all models
  "Model": "Modell", "Models": "Modelle", "Search model": "Modell suchen", "Search": "Suchen", "No name contains “{typed}”.": "Kein Name enthält „{typed}“.", "Category": "Kategorie", "Draw a category": "Eine Kategorie zeichnen", "{count} categories: {names}": "{count} Kategorien: {names}",
  "any": "beliebig", "Choose": "Auswählen", "none": "keine", "Type to search {count} names": "Tippen, um {count} Namen zu durchsuchen", "Loading {name} …": "{name} wird geladen …",
  "Temperature": "Temperatur",
  "Temperature controls the randomness: at 0 the model always draws the most likely point; higher values give more varied drawings.":
    "Die Temperatur bestimmt den Zufall: Bei 0 zeichnet das Modell immer den wahrscheinlichsten Punkt; höhere Werte ergeben unterschiedlichere Zeichnungen.",
  "Another variation": "Andere Variante", "Draw again with other random numbers and the same settings": "Mit anderen Zufallszahlen und denselben Einstellungen neu zeichnen",
  "Variant {number}": "Variante {number}", "Reset": "Zurücksetzen", "Undo reset": "Zurücksetzen aufheben",
  "Restore the state before the reset": "Den Zustand vor dem Zurücksetzen wiederherstellen",
  "Return the drawing and all controls to their initial state": "Die Zeichnung und alle Bedienelemente in den Anfangszustand zurücksetzen",
  "{list}: the widget has no control “{name}”.": "{list}: Es gibt kein Bedienelement „{name}“.", "The controls are {names}.": "Die Bedienelemente sind {names}.",
  "Use the label or the tooltip of a control.": "Gib die Beschriftung oder den Tooltip eines Bedienelements an.", "Did you mean “{name}”?": "Meintest du „{name}“?",
  "`hidden` hides the whole element; write `hidden_controls` for controls.": "`hidden` blendet das ganze Element aus; schreibe `hidden_controls` für Bedienelemente.",
  "<{tag}> has no attribute “{name}”.": "<{tag}> hat kein Attribut „{name}“.", "The attributes are {names}.": "Die Attribute sind {names}.",
  "The kernel has disconnected. You can keep drawing here; run the cell again to connect the widget to Python.":
    "Der Kernel ist nicht mehr verbunden. Du kannst hier weiterzeichnen; führe die Zelle erneut aus, um die Verbindung zu Python herzustellen.",
  "This did not work because of an error in sketchkit. The browser's console shows the details.":
    "Das hat wegen eines Fehlers in sketchkit nicht funktioniert. Die Konsole des Browsers zeigt die Einzelheiten.",
  "The kernel has not answered yet; if none is running, run this cell again.":
    "Der Kernel hat noch nicht geantwortet; falls keiner läuft, führe diese Zelle erneut aus.",
  // Complete
  "Paper for you and the model": "Papier für dich und das Modell",
  "Draw something. When you lift the pen, the model continues.": "Zeichne etwas. Wenn du den Stift hebst, zeichnet das Modell weiter.",
  "Draw something and press Continue.": "Zeichne etwas und drücke „Weiterzeichnen“.",
  "Continue": "Weiterzeichnen", "Let the model continue, even if the drawing is finished (Space)":
    "Das Modell weiterzeichnen lassen, auch wenn die Zeichnung fertig ist (Leertaste)",
  "Stop the model and keep what it has drawn (Space)": "Das Modell anhalten und behalten, was es gezeichnet hat (Leertaste)",
  "Another ending": "Anderes Ende", "Replace what the model drew last; if that is very little, replace all its strokes":
    "Ersetzen, was das Modell zuletzt gezeichnet hat; ist das sehr wenig, alle seine Striche ersetzen",
  "There is no category “{name}”. The categories are {names}.": "Es gibt keine Kategorie „{name}“. Die Kategorien sind {names}.",
  "Other endings": "Andere Enden", "Accept variant {number}": "Variante {number} übernehmen", "Put this ending on the paper": "Dieses Ende auf das Papier setzen",
  "Pen speed": "Stifttempo", "slow": "langsam", "lively": "lebhaft", "fast": "schnell", "instant": "sofort",
  "Accept": "Übernehmen", "Keep what the model has drawn when you draw on; otherwise, your next stroke replaces its answer":
    "Behalten, was das Modell gezeichnet hat, wenn du weiterzeichnest; sonst ersetzt dein nächster Strich seine Antwort",
  "What the model has drawn stays when you draw on.": "Was das Modell gezeichnet hat, bleibt, wenn du weiterzeichnest.",
  "Your stroke has replaced the model's answer. Undo brings it back; Accept keeps it when you draw on.":
    "Dein Strich hat die Antwort des Modells ersetzt. Rückgängig holt sie zurück; Übernehmen behält sie beim Weiterzeichnen.",
  "Answer every stroke": "Jeden Strich beantworten", "On: the model continues when you lift the pen. Off: it continues when you press Continue.":
    "Ein: Das Modell zeichnet weiter, wenn du den Stift hebst. Aus: Es zeichnet weiter, wenn du „Weiterzeichnen“ drückst.",
  "The model considers this drawing finished.": "Das Modell hält diese Zeichnung für fertig.",
  "The model considers this drawing finished. {button} lets it add more.":
    "Das Modell hält diese Zeichnung für fertig. Mit {button} fügt es mehr hinzu.",
  "The beginning has {points} points. {name} draws at most {maxPoints} points including the beginning, so it cannot continue this drawing.":
    "Der Anfang hat {points} Punkte. {name} zeichnet mit dem Anfang höchstens {maxPoints} Punkte, kann diese Zeichnung also nicht fortsetzen.",
  // Reconstruct
  "Drawing to reconstruct": "Zeichnung für die Rekonstruktion", "Reconstructions": "Rekonstruktionen",
  "Draw something, and see how the model redraws it.": "Zeichne etwas und sieh, wie das Modell es nachzeichnet.",
  "distance {percent}%": "Abstand {percent} %", "empty": "leer",
  "Distance: how far the lines of a reconstruction are from yours on average, in percent of the size of your drawing.":
    "Abstand: wie weit die Linien einer Rekonstruktion im Mittel von deinen entfernt sind, in Prozent der Größe deiner Zeichnung.",
  "The model knows {count} subjects: {names}. It draws any other subject like one of these.":
    "Das Modell kennt {count} Motive: {names}. Jedes andere Motiv zeichnet es wie eines von diesen.",
  "Put a drawing of a category on the paper": "Eine Zeichnung einer Kategorie auf das Papier setzen",
  // Morph
  "Interpolated drawing": "Interpolierte Zeichnung", "Drawing at {place}": "Zeichnung bei {place}", "Morph": "Übergang", "Across": "Waagerecht", "Down": "Senkrecht",
  "End {end}": "Ende {end}", "Random": "Zufällig", "Random end {end}": "Ende {end} zufällig wählen", "Clear end {end}": "Ende {end} leeren",
  "Category {end}": "Kategorie {end}", "Play morph": "Übergang abspielen", "Draw here.": "Zeichne hier.",
  "Remove your drawing; a drawing by the model takes its place": "Deine Zeichnung entfernen; eine Zeichnung des Modells tritt an ihre Stelle",
  "Replace this drawing with a drawing that is decoded from a random latent code": "Diese Zeichnung durch die Zeichnung eines zufälligen Codes ersetzen",
  "Drawings from end a to end b": "Zeichnungen von Ende a bis Ende b", "Go to {place}": "Zu {place} gehen",
  "Square between the four ends: drag, or use the arrow keys": "Quadrat zwischen den vier Enden: ziehen oder Pfeiltasten benutzen",
  "Play the interpolation back and forth": "Die Interpolation hin und zurück abspielen",
  "Save morph as animated SVG": "Übergang als animiertes SVG speichern", "Save morph as GIF": "Übergang als GIF speichern",
  // TemperatureSlider and NextPoint
  "Drawing at the selected temperature": "Zeichnung bei der gewählten Temperatur", "Drawing at temperature {temperature}": "Zeichnung bei Temperatur {temperature}",
  "Drawings at temperatures from 0.1 to 1.0": "Zeichnungen bei Temperaturen von 0,1 bis 1,0", "Set temperature {temperature}": "Temperatur {temperature} einstellen",
  "Show where the next point goes": "Zeigen, wohin der nächste Punkt kommt",
  "Show the probability density of the next point as a heat map": "Die Wahrscheinlichkeitsdichte des nächsten Punkts als Farben zeigen",
  "After point": "Nach Punkt", "Number of points that the model has drawn before the predicted one": "Zahl der Punkte, die das Modell vor dem vorhergesagten gezeichnet hat",
  "After 1 point: {probabilities}": "Nach 1 Punkt: {probabilities}", "After {points} points: {probabilities}": "Nach {points} Punkten: {probabilities}",
  "pen stays down": "Stift bleibt unten", "pen lifts": "Stift wird gehoben", "drawing ends": "Zeichnung endet",
  "Drawing with the density of the next point": "Zeichnung mit der Dichte des nächsten Punkts",
  "Draw slowly: the colors show where the model expects the next point.": "Zeichne langsam: Die Farben zeigen, wo das Modell den nächsten Punkt erwartet.",
  "Draw the next point": "Nächsten Punkt zeichnen", "Sample the next point and pen state from the model's prediction":
    "Den nächsten Punkt und Stiftzustand aus der Vorhersage des Modells ziehen",
  "Probabilities of the next pen state": "Wahrscheinlichkeiten des nächsten Stiftzustands", "The model ended the drawing.": "Das Modell hat die Zeichnung beendet.",
  // LatentSlider
  "Drawing decoded from the latent code": "Aus dem Code dekodierte Zeichnung", "Drawing at value {value}": "Zeichnung beim Wert {value}", "Drawings at values from -3 to 3": "Zeichnungen bei Werten von -3 bis 3",
  "Set the value to {value}": "Wert {value} einstellen", "Value": "Wert", "Dimension": "Dimension", "Random code": "Zufälliger Code",
  "Sample a random latent code": "Einen zufälligen Code ziehen",
  // LatentSliders
  "Starting drawing": "Ausgangszeichnung", "Drawing with the attributes": "Zeichnung mit den Merkmalen", "Start": "Anfang",
  "Set all to 0": "Alle auf 0 setzen", "Return to the starting drawing": "Zur Ausgangszeichnung zurückkehren",
  "Start from a drawing of a category": "Mit einer Zeichnung einer Kategorie anfangen",
  // Guess
  "Drawing to guess": "Zeichnung zum Raten", "Draw, and see what the model recognizes.": "Zeichne und sieh, was das Modell erkennt.",
  "Draw {name}": "Zeichne: {name}", "Draw anything": "Zeichne irgendetwas", "Next drawing": "Nächste Zeichnung",
  "Clear the paper, and draw another category": "Das Papier leeren und eine andere Kategorie zeichnen",
  "The guesses of the model appear here.": "Hier erscheinen die Vermutungen des Modells.",
  "Guesses and their probabilities": "Vermutungen und ihre Wahrscheinlichkeiten", "no guess": "keine Vermutung",
  "I see {name} …": "Ich sehe: {name} …", "I am not sure yet …": "Ich bin noch nicht sicher …", "✓ I see it: {name}!": "✓ Ich sehe es: {name}!",
  "Time is up.": "Die Zeit ist um.", "Time is up. It looks like {name}.": "Die Zeit ist um. Es sieht aus wie: {name}.",
  // Gallery
  "Drawings": "Zeichnungen", "Play all": "Alle abspielen", "Play {name}": "{name} abspielen", "Show how it was drawn": "Zeigen, wie sie gezeichnet wurde",
  "Show how the drawings were drawn, or pause": "Zeigen, wie die Zeichnungen gezeichnet wurden, oder anhalten", "Position": "Stelle",
  "Part of the drawing that is shown, in percent": "Gezeigter Teil der Zeichnung in Prozent",
  // components and links
  "Loading": "Laden", "Copy link": "Link kopieren", "Copy a link to this page with the drawing": "Einen Link auf diese Seite mit der Zeichnung kopieren",
  "The drawing is too large for a link.": "Die Zeichnung ist zu groß für einen Link.", "The link is too long for a drawing.": "Der Link ist zu lang für eine Zeichnung.",
  "The link does not contain a complete drawing.": "Der Link enthält keine vollständige Zeichnung.",
  "The link has version {version}; this page reads version {known}.": "Der Link hat Version {version}; diese Seite liest Version {known}.",
  "{name} has no drawing that a link can contain.": "{name} hat keine Zeichnung, die ein Link enthalten kann.",
  "This widget could not be displayed: {reason}": "Dieses Widget konnte nicht angezeigt werden: {reason}",
  "This page does not contain that model.": "Diese Seite enthält dieses Modell nicht.",
  "The page has no element {id} with a model.": "Die Seite hat kein Element {id} mit einem Modell.", "Give the address of a model file: {example}.": "Nenne eine Modelldatei: {example}.",
  "The model {name} could not be loaded: {reason}.": "Das Modell {name} konnte nicht geladen werden: {reason}.",
  "{script} is not available": "{script} ist nicht verfügbar",
  "the server answered {status}": "der Server hat mit {status} geantwortet",
  "The model {name} could not be loaded. A page that is opened from disk needs {script}, which `sketchkit component --from-disk` writes.":
    "Das Modell {name} konnte nicht geladen werden. Eine Seite, die von der Festplatte geöffnet wird, braucht {script}; `sketchkit component --from-disk` schreibt die Datei.",
  "The model {name} is damaged.": "Das Modell {name} ist beschädigt.", "{name} is not a model file of sketchkit (.sk).": "{name} ist keine Modelldatei von sketchkit (.sk).",
  "{name} is a model file of version {version}; this page reads version {known}.": "{name} ist eine Modelldatei der Version {version}; diese Seite liest Version {known}.",
  "The model {name} is incomplete: expected {size} bytes, got {bytes}.": "Das Modell {name} ist unvollständig: {size} Bytes erwartet, {bytes} erhalten.",
  "{name} needs a model with a latent code; {model} has none.": "{name} braucht ein Modell mit Code; {model} hat keinen.",
  "{name} needs a model with two or more categories; {model} has fewer.": "{name} braucht ein Modell mit mindestens zwei Kategorien; {model} hat weniger.",
  "an object that maps names to numbers or lists of numbers": "ein Objekt, das Namen auf Zahlen oder Listen von Zahlen abbildet", "lists of numbers": "Listen von Zahlen", "{name}: expected {size} numbers, got {count}.": "{name}: {size} Zahlen erwartet, {count} erhalten.",
  "category: {model} has no category “{name}”.": "category: {model} hat keine Kategorie „{name}“.",
  "{name}: expected {expected}, got {value}.": "{name}: {expected} erwartet, {value} erhalten.",
  "The drawing has {points} points; a drawing has at most {max}.": "Die Zeichnung hat {points} Punkte; eine Zeichnung hat höchstens {max}.",
  "one of {values}": "eines von {values}", "a number": "eine Zahl", "a whole number": "eine ganze Zahl", "{what} from {min} to {max}": "{what} von {min} bis {max}",
  "{what} of at least {min}": "{what} ab {min}", "a list of length {count}": "eine Liste der Länge {count}", "true or false": "true oder false", "a string": "eine Zeichenkette",
  "names, separated by commas": "Namen, durch Kommas getrennt", "numbers, separated by commas": "Zahlen, durch Kommas getrennt",
  "true or false for each stroke": "true oder false für jeden Strich", "a list for each drawing, with true or false for each stroke": "Listen von true oder false für jeden Strich", "a drawing as JSON, or the string from a link": "eine Zeichnung als JSON oder wie in einem Link", "a list of drawings as JSON, or of strings from links": "eine Liste von Zeichnungen als JSON oder von Zeichenketten aus Links",
  "strokes of points with x, y and pressure": "Striche aus Punkten mit x, y und Druck",
  // LatentMap
  "Decode": "Dekodieren",
  "Dragging shows what the model decodes from the approximate code at the pointer":
    "Ziehen zeigt, was das Modell aus dem ungefähren Code unter dem Zeiger dekodiert",
  "Move": "Verschieben", "Dragging moves the map; with the other tools, drag with the mouse wheel pressed": "Ziehen verschiebt die Karte; bei den anderen Werkzeugen mit gedrücktem Mausrad ziehen",
  "Lasso": "Lasso", "Dragging selects the drawings in a region; with the other tools, hold Shift": "Ziehen wählt die Zeichnungen in einem Gebiet aus; bei den anderen Werkzeugen mit gedrückter Umschalttaste ziehen",
  "Tools of the map": "Werkzeuge der Karte", "+, or Ctrl and the wheel": "+, oder Strg und das Mausrad", "Show all": "Alles zeigen",
  "Thumbnails": "Bilder", "Show drawings in place of points where there is room": "Zeichnungen statt Punkten zeigen, wo Platz ist",
  "Color by": "Farbe nach", "category": "Kategorie", "length": "Länge", "strokes": "Striche", "size": "Größe", "longer side {size}": "längere Seite {size}", "loss": "Verlust", "Colors": "Farben",
  "Drawing": "Zeichnung", "Drawing number": "Nummer der Zeichnung", "Go to a drawing by its number": "Zur Zeichnung mit der eingegebenen Nummer gehen",
  "Decoded": "Dekodiert", "Decoded drawing": "Dekodierte Zeichnung", "Drawing under the pointer": "Zeichnung unter dem Zeiger", "map of drawings": "Karte von Zeichnungen",
  "{drawings}. The arrow keys go to the nearest drawing in a direction, and Page Down to the next one in order. Enter selects a drawing. The plus and minus keys zoom.":
    "{drawings}. Die Pfeiltasten gehen zur nächsten Zeichnung in einer Richtung, und Bild ab zur nächsten der Reihe nach. Eingabe wählt eine Zeichnung aus. Die Tasten Plus und Minus vergrößern und verkleinern.",
  "1 drawing": "1 Zeichnung", "{count} drawings": "{count} Zeichnungen",
  "{category}, drawing {number} of {count}: {traits}": "{category}, Zeichnung {number} von {count}: {traits}", "{name} from {least}": "{name} von {least}", "to {most}": "bis {most}",
  "drawing {number} of {count}: {traits}": "Zeichnung {number} von {count}: {traits}", "selected: {drawings}": "ausgewählt: {drawings}", "in the region: {drawings}": "im Gebiet: {drawings}",
  "Click a drawing to select it, and another one to morph between them.": "Wähle eine Zeichnung durch Klicken aus, und eine zweite für den Übergang zwischen beiden.",
  "Drawings between the two selected ones": "Zeichnungen zwischen den beiden ausgewählten", "Selected drawings": "Ausgewählte Zeichnungen", "Show drawing {number}": "Zeichnung {number} zeigen",
  "Selected: {drawing}": "Ausgewählt: {drawing}", "No longer selected: {drawing}": "Nicht mehr ausgewählt: {drawing}", "the selection": "Auswahl", "the decoded drawing": "Dekodierte Zeichnung",
  "mean of the selected drawings": "Mittel der ausgewählten Zeichnungen", "morph between the two selected drawings": "Übergang zwischen den beiden ausgewählten Zeichnungen",
  "reconstruction of drawing {number}": "Rekonstruktion von Zeichnung {number}", "decoded here, approximately": "hier dekodiert, näherungsweise",
  "There is no category “{name}” on this map.": "Auf dieser Karte gibt es keine Kategorie „{name}“.", "Expected a number from 1 to {count}.": "Erwartet wird eine Zahl von 1 bis {count}.",
  "Principal components: {percent} % of the variance.": "Hauptkomponenten: {percent} % der Varianz.", "Between drawings, decoding is approximate.": "Zwischen Zeichnungen wird nur näherungsweise dekodiert.",
  "This page does not contain the drawings.": "Diese Seite enthält die Zeichnungen nicht.",
  "Show all categories": "Alle Kategorien zeigen", "Highlight {name}": "{name} hervorheben", "and {count} more": "und {count} weitere",
  // TrainingMonitor
  "Progress": "Fortschritt", "Resume": "Fortsetzen", "Save checkpoint": "Checkpoint speichern", "Checkpoint": "Checkpoint", "Step": "Schritt",
  "Save a checkpoint and pause the run, or resume it": "Einen Checkpoint speichern und den Lauf unterbrechen oder fortsetzen",
  "Save a checkpoint after the current step": "Nach dem laufenden Schritt einen Checkpoint speichern",
  "Save a checkpoint and stop the run; the same training command resumes it": "Einen Checkpoint speichern und den Lauf beenden; derselbe Befehl setzt ihn fort",
  "running": "läuft", "paused": "unterbrochen", "finished": "fertig", "failed": "fehlgeschlagen", "unknown": "unbekannt",
  "Reconstruction loss": "Rekonstruktionsverlust", "KL divergence": "KL-Divergenz", "Learning rate": "Lernrate", "Show the values of all curves at a step": "Die Werte aller Kurven bei einem Schritt zeigen",
  "training {value}": "Training {value}", "validation {value}": "Validierung {value}", "{title} at step {step}: {text}": "{title} bei Schritt {step}: {text}",
  "step {step} of {steps}": "Schritt {step} von {steps}", "{pace} steps/s": "{pace} Schritte/s", "best validation loss {value} at step {step}": "kleinster Validierungsfehler {value} bei Schritt {step}",
  "best validation loss {value} (reconstruction {recon} + weighted KL {kl}) at step {step}":
    "kleinster Validierungsfehler {value} (Rekonstruktion {recon} + gewichtete KL {kl}) bei Schritt {step}",
  "{count} steps": "{count} Schritte", "1 minute": "1 Minute", "{count} minutes": "{count} Minuten",
  "1 validation without improvement": "1 Validierung ohne Verbesserung", "{count} validations without improvement": "{count} Validierungen ohne Verbesserung",
  "reached the limit of {limit}": "Grenze erreicht: {limit}", "{time} left (limit: {limit})": "noch {time} (Grenze: {limit})",
  "{time} left unless a validation improves (limit: {limit})": "noch {time}, falls keine Validierung eine Verbesserung bringt (Grenze: {limit})",
  "No samples yet": "Noch keine Beispiele", "Samples at step {step}": "Beispiele bei Schritt {step}", "step {step}": "Schritt {step}",
};
