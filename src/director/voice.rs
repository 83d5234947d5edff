//! Who is spoken to in a call, and a fault in words for them.

use super::advice::{self, Account, Call, Charge, Context, Fault};
use super::answer::{Answer, Status};
use super::links;
use super::reply::add;
use super::services::Services;
use crate::nemovideo::Auth;
use crate::skills::SessionLanguage;

/// Who is spoken to, and about which call.
#[derive(Debug, Clone)]
pub struct Voice {
    /// The skill's name.
    pub skill: String,
    /// Tag of the user's language.
    pub language: String,
    /// The tool.
    pub call: Call,
    /// What a registration is bound to, where that is known.
    pub bind: Option<String>,
}

impl Voice {
    /// Who speaks in a call of a tool, as far as the call itself tells: the skill it names, and the words in it.
    pub fn new(services: &Services, call: Call, skill: &str, words: &str) -> Self {
        let language = match words.trim() {
            "" => String::new(),
            words => SessionLanguage::Detect.tag(words, None).unwrap_or_default(),
        };
        let skill = match skill.trim() {
            "" => services.settings.default_skill.clone(),
            named => named.to_owned(),
        };
        Self { skill, language, call, bind: None }
    }

    /// What a fault says for itself, where it is one of several.
    pub fn happened(&self, services: &Services, fault: &Fault) -> String {
        self.failed(services, fault, Answer::default()).reply
    }

    /// Puts a fault into an answer that may hold something already: what was done before it stays.
    pub fn failed(&self, services: &Services, fault: &Fault, mut answer: Answer) -> Answer {
        let Some(skill) = services.skill(&self.skill) else {
            answer.status = Status::Failed;
            answer.error.code = fault.code().to_owned();
            return answer;
        };
        let register = self.bind.as_deref().map(|bind| links::register(services, bind));
        let anonymous = !services.is_local() && services.client.auth() == Auth::Anonymous;
        let charge = match answer.credits.spent {
            Some(spent) => Charge::Spent(spent),
            None if services.is_local() => Charge::Nothing,
            None => Charge::AsTheFaultSays,
        };
        let context = Context {
            skill,
            account: if anonymous { Account::Anonymous { register: register.as_deref() } } else { Account::Registered },
            call: self.call,
            charge,
            changed: !answer.changes.is_empty(),
            language: &self.language,
            web: &services.settings.web_base,
            is_local: services.is_local(),
        };
        let advice = advice::advise(fault, &context);
        add(&mut answer.reply, &advice.reply);
        answer.status = if *fault == Fault::Cancelled { Status::Cancelled } else { Status::Failed };
        answer.error = advice.error;
        answer.next = advice.next;
        answer
    }
}
