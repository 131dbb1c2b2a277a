//! The question before a step: put when the step is next, answered when it is done, and then folded.

use crate::store::model::Model;
use crate::url::View;
use script::run::Question;
use std::rc::Rc;

/// A question.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct QuestionView {
    /// Its number in the script.
    pub number: usize,
    /// What is asked.
    pub text: Rc<str>,
    /// What can be chosen.
    pub choices: Vec<ChoiceView>,
    /// Whether the answer is shown: after a choice, and once the step is done.
    pub revealed: bool,
    /// What it came to in one line, once its step is what is spoken of; the rest is there on demand.
    pub folded: Option<String>,
}

/// One choice.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChoiceView {
    /// What it says.
    pub text: Rc<str>,
    /// Whether it is right.
    pub right: bool,
    /// Whether it was chosen.
    pub chosen: bool,
    /// Why it is right or wrong.
    pub because: Option<Rc<str>>,
}

/// The question of the moment: the one about the step to come, else that of the step shown.
pub fn question(model: &Model) -> Option<QuestionView> {
    let session = model.session.as_ref()?;
    let ahead = session.question_ahead();
    let behind = ahead.is_none();
    let question = ahead.or_else(|| session.question_here())?;
    let chosen = model.ui.answers.of(question.number);
    let choice = |(index, choice): (usize, &script::run::Choice)| ChoiceView {
        text: Rc::clone(&choice.text),
        right: choice.right,
        chosen: chosen == Some(index),
        because: choice.because.clone(),
    };
    let revealed = chosen.is_some() || (behind && !session.is_inside());
    // In a hall the answer is what is shown when the step is done.
    let folds = behind && (session.is_inside() || model.ui.view != View::Lecture);
    Some(QuestionView {
        number: question.number,
        text: Rc::clone(&question.text),
        choices: question.choices.iter().enumerate().map(choice).collect(),
        revealed,
        folded: folds.then(|| outcome(question, chosen, revealed)),
    })
}

/// What the question came to: "You said: 4 – the answer is: 0".
fn outcome(question: &Question, chosen: Option<usize>, revealed: bool) -> String {
    let said = chosen.and_then(|chosen| question.choices.get(chosen));
    let right = question.choices.iter().find(|choice| choice.right);
    match (said, right) {
        _ if !revealed => "The question of this step".to_owned(),
        (Some(said), _) if said.right => format!("You said: {} – right", said.text),
        (Some(said), Some(right)) => format!("You said: {} – the answer is: {}", said.text, right.text),
        (None, Some(right)) => format!("The answer is: {}", right.text),
        (_, None) => question.text.to_string(),
    }
}
