-- room: Provisioning/Plan

create table PlanStep (
    WorkItemId varchar(30) not null constraint FK_PlanStep_WorkItem references WorkItem (Id),
    Step varchar(40) not null,
    State varchar(12) not null
        constraint CK_PlanStep_State check (State in ('doing', 'done', 'failed', 'undoing', 'undone')),
    Tries int not null,
    FailureCode varchar(80) null,
    FailureText nvarchar(1000) null,
    StartedAt datetime2(3) not null,
    EndedAt datetime2(3) null,
    constraint PK_PlanStep primary key (WorkItemId, Step)
);
