-- room: Portal/Accounts

alter table Account add NeedsSecondFactor bit not null constraint DF_Account_NeedsSecondFactor default 0;
