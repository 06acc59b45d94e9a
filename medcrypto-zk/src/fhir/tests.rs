mod identity;
mod samples;
mod synthetic;
