//! The question before a step: put when the step is next, answered when it is done.

use crate::store::model::Model;
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
    let question = ahead.or_else(|| session.question_here())?;
    let chosen = model.ui.answers.of(question.number);
    let choice = |(index, choice): (usize, &script::run::Choice)| ChoiceView {
        text: Rc::clone(&choice.text),
        right: choice.right,
        chosen: chosen == Some(index),
        because: choice.because.clone(),
    };
    Some(QuestionView {
        number: question.number,
        text: Rc::clone(&question.text),
        choices: question.choices.iter().enumerate().map(choice).collect(),
        revealed: chosen.is_some() || ahead.is_none(),
    })
}
